package io.godwit.cli.checkpoint;

import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.util.Objects;

/** What a checkpoint is made from. */
public sealed interface CheckpointContent {
    /** A core dump, which stays where it is. */
    record Elf(Path file) implements CheckpointContent {
        public Elf {
            Objects.requireNonNull(file, "file");
        }
    }

    /** A RAM directory, which stays where it is. */
    record RamFiles(Path directory) implements CheckpointContent {
        public RamFiles {
            Objects.requireNonNull(directory, "directory");
        }
    }

    /** A migration that has ended and is retained: its memory is received, and becomes the checkpoint's own. */
    record Migration(String name) implements CheckpointContent {
        public Migration {
            Topics.checkMigration(name);
        }
    }
}
