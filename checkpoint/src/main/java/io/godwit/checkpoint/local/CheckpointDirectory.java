package io.godwit.checkpoint.local;

import io.godwit.record.CheckpointEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The checkpoints that a host holds: {@code DIR/NAME} each. */
public final class CheckpointDirectory {
    private final Path path;

    private CheckpointDirectory(Path path) {
        this.path = path;
    }

    /** A directory that is there, or will be once a checkpoint is added. */
    public static CheckpointDirectory open(Path path) throws IOException {
        return new CheckpointDirectory(path.toAbsolutePath());
    }

    /** The directory, absolute. */
    public Path path() {
        return path;
    }

    /** Every checkpoint that is here, by name. */
    public List<CheckpointEntry> list() throws IOException {
        return List.of();
    }

    /**
     * The pages of the checkpoints with these ids that are here; of a checkpoint whose files have changed, after they were
     * hashed again.
     *
     * @param pageSize bytes of every page that will be asked for
     */
    public LocalPages pages(List<String> ids, int pageSize) throws IOException, InterruptedException {
        return new LocalPages(List.of(), ids, List.of(), pageSize);
    }
}
