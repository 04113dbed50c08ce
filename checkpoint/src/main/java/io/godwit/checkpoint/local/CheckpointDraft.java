package io.godwit.checkpoint.local;

import io.godwit.files.FileTree;
import io.godwit.record.CheckpointEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint that is being made. Nobody else changes the directory meanwhile; until it is {@linkplain #add added}, closing
 * it leaves nothing of it.
 */
public final class CheckpointDraft implements AutoCloseable {
    private static final String MEMORY = "memory";

    private final CheckpointDirectory directory;
    private final String name;
    private final Path path;
    private final WriteLock lock;

    CheckpointDraft(CheckpointDirectory directory, String name, Path path, WriteLock lock) {
        this.directory = directory;
        this.name = name;
        this.path = path;
        this.lock = lock;
    }

    /** A directory, not there yet, for memory that becomes the checkpoint's own. */
    public Path memoryDirectory() {
        return path.resolve(MEMORY);
    }

    /**
     * Hashes the memory, which stays where it is, and adds it under the draft's name; in place of a checkpoint of that name
     * that has the same content.
     *
     * @param memory in files that nobody writes; in {@link #memoryDirectory} they become the checkpoint's own
     * @return what was added, or what was there already and is the same
     * @throws CheckpointException if the name is taken by other content, or the memory changes while it is hashed
     */
    public CheckpointEntry add(CheckpointMemory memory, HashProgress progress)
            throws IOException, InterruptedException {
        List<String> paths = new ArrayList<>();
        for (Path file : memory.files()) {
            if (file.startsWith(directory.directoryOf(name))) {
                throw new CheckpointException(
                        file + " belongs to checkpoint " + name + " itself: choose another name, or other memory");
            }
            paths.add(file.startsWith(path) ? path.relativize(file).toString() : file.toString());
        }
        Description there = directory.find(name);
        if (there != null && isSame(there, memory, paths)) {
            return there.entry();
        }
        Description made = new IndexBuilder(path, progress).build(name, memory, paths);
        if (there != null && !there.checkpoint().equals(made.checkpoint())) {
            throw new CheckpointException(
                    "checkpoint " + name + " is here already and has other content (" + there.hashes()
                            + " different pages, here " + made.hashes() + "): remove it first, or choose another name");
        }
        directory.install(name, path);
        return made.entry();
    }

    /** Whether the very same files were added before, and were not written since. */
    private boolean isSame(Description there, CheckpointMemory memory, List<String> paths) throws IOException {
        List<FileStamp> stamps = new ArrayList<>();
        for (String file : paths) {
            FileStamp.of(path, file).ifPresent(stamps::add);
        }
        return there.gone() == 0
                && there.pageSize() == memory.pageSize()
                && there.files().equals(stamps)
                && there.parts().equals(memory.parts());
    }

    @Override
    public void close() throws IOException {
        try {
            FileTree.delete(path);
        } finally {
            lock.close();
        }
    }
}
