package io.godwit.checkpoint.local;

import io.godwit.files.FileTree;
import io.godwit.record.CheckpointEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints that a host holds.
 *
 * <pre>
 *   DIR/NAME/checkpoint.json    what it is, and where its memory lies
 *   DIR/NAME/index              where the page of a hash is: {@link IndexFormat}
 *   DIR/NAME/memory/            its memory, where it was received for it; else memory stays where it was
 * </pre>
 *
 * A checkpoint appears whole or not at all. Names that begin with a dot are work in progress.
 */
public final class CheckpointDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointDirectory.class);
    private static final String DRAFT = ".new-";
    private static final String REPLACED = ".old-";
    private static final String REMOVED = ".gone-";

    private final Path path;

    private CheckpointDirectory(Path path) {
        this.path = path;
    }

    /**
     * A directory that is there, or will be once a checkpoint is added.
     *
     * @throws CheckpointException if it is something else
     */
    public static CheckpointDirectory open(Path path) throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new CheckpointException(path + " is not a directory: name one for checkpoints");
        }
        return new CheckpointDirectory(path.toAbsolutePath().normalize());
    }

    /** The directory, absolute. */
    public Path path() {
        return path;
    }

    /** Every checkpoint that is here, by name; those that cannot be read are left out. */
    public List<CheckpointEntry> list() throws IOException {
        return descriptions(new ArrayList<>()).stream().map(Description::entry).toList();
    }

    /**
     * Begins a checkpoint; waits while another process changes the directory.
     *
     * @throws IllegalArgumentException if it cannot be named so
     */
    public CheckpointDraft draft(String name) throws IOException, InterruptedException {
        CheckpointEntry.checkName(name);
        Files.createDirectories(path);
        WriteLock lock = WriteLock.acquire(path);
        try {
            cleanUp();
            Path draft = Files.createDirectory(path.resolve(DRAFT + name));
            return new CheckpointDraft(this, name, draft, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Adds a checkpoint of memory that stays where it is: see {@link CheckpointDraft#add}.
     *
     * @throws IllegalArgumentException if it cannot be named so
     */
    public CheckpointEntry add(String name, CheckpointMemory memory, HashProgress progress)
            throws IOException, InterruptedException {
        try (CheckpointDraft draft = draft(name)) {
            return draft.add(memory, progress);
        }
    }

    /**
     * Removes a checkpoint, and the memory that was received for it.
     *
     * @return whether there was one of that name
     */
    @SuppressWarnings("try") // the lock is only held
    public boolean remove(String name) throws IOException, InterruptedException {
        Path checkpoint = directoryOf(CheckpointEntry.checkName(name));
        if (!Files.isDirectory(checkpoint)) {
            return false;
        }
        try (WriteLock lock = WriteLock.acquire(path)) {
            cleanUp();
            Path removed = path.resolve(REMOVED + name);
            moveAway(checkpoint, removed);
            CheckpointFiles.force(path);
            FileTree.delete(removed);
            return true;
        }
    }

    /**
     * The pages of the checkpoints with these ids that are here. A checkpoint whose files have changed is hashed again
     * first, and one whose index is damaged.
     *
     * @param pageSize bytes of every page that will be asked for
     */
    public LocalPages pages(List<String> ids, int pageSize) throws IOException, InterruptedException {
        return pages(ids, pageSize, new HashProgress());
    }

    /** The same, and tells how far it is where something is hashed. */
    public LocalPages pages(List<String> ids, int pageSize, HashProgress progress)
            throws IOException, InterruptedException {
        List<String> warnings = new ArrayList<>();
        List<HeldCheckpoint> held = new ArrayList<>();
        try {
            for (Description description : descriptions(warnings)) {
                if (ids.contains(description.checkpoint()) && description.pageSize() == pageSize) {
                    HeldCheckpoint checkpoint = HeldCheckpoint.open(directoryOf(description.name()), progress);
                    held.add(checkpoint);
                    warnings.addAll(checkpoint.warnings());
                }
            }
            List<String> missing = ids.stream()
                    .filter(id -> held.stream()
                            .noneMatch(checkpoint ->
                                    checkpoint.description().checkpoint().equals(id)))
                    .toList();
            return new LocalPages(held, missing, warnings, pageSize);
        } catch (IOException | InterruptedException | RuntimeException e) {
            for (HeldCheckpoint checkpoint : held) {
                checkpoint.close();
            }
            throw e;
        }
    }

    /**
     * The hashes of a checkpoint that is here, to be published.
     *
     * @throws CheckpointException if its memory changed since it was added, and its hashes are not known any more
     */
    public CheckpointHashes hashes(String name) throws IOException, InterruptedException {
        return new CheckpointHashes(HeldCheckpoint.open(directoryOf(name), new HashProgress()));
    }

    Path directoryOf(String name) {
        return path.resolve(name);
    }

    /** What is here of that name; null where there is nothing. */
    Description find(String name) throws IOException {
        Path checkpoint = directoryOf(name);
        return Files.isDirectory(checkpoint) ? CheckpointFiles.describe(checkpoint) : null;
    }

    /** Moves a checkpoint that is complete to its place. */
    void install(String name, Path draft) throws IOException, InterruptedException {
        Path checkpoint = directoryOf(name);
        Path replaced = path.resolve(REPLACED + name);
        CheckpointFiles.force(draft);
        if (Files.exists(checkpoint)) {
            moveAway(checkpoint, replaced);
        }
        Files.move(draft, checkpoint, StandardCopyOption.ATOMIC_MOVE);
        CheckpointFiles.force(path);
        FileTree.delete(replaced);
    }

    /** Once nobody repairs it. */
    @SuppressWarnings("try") // the lock is only held
    private static void moveAway(Path checkpoint, Path to) throws IOException, InterruptedException {
        try (WriteLock lock = WriteLock.acquire(checkpoint)) {
            Files.move(checkpoint, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private List<Description> descriptions(List<String> warnings) throws IOException {
        List<Description> descriptions = new ArrayList<>();
        for (Path checkpoint : directories()) {
            if (checkpoint.getFileName().toString().startsWith(".")) {
                continue;
            }
            try {
                descriptions.add(CheckpointFiles.describe(checkpoint));
            } catch (IOException e) {
                LOG.debug("{} is passed over", checkpoint, e);
                warnings.add(e.getMessage());
            }
        }
        return descriptions;
    }

    private List<Path> directories() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(path)) {
            return list.filter(Files::isDirectory).sorted().toList();
        }
    }

    /** Removes what processes left that died while they changed something. */
    private void cleanUp() throws IOException {
        for (Path left : directories()) {
            String name = left.getFileName().toString();
            if (name.startsWith(REPLACED) && !Files.exists(directoryOf(name.substring(REPLACED.length())))) {
                Files.move(left, directoryOf(name.substring(REPLACED.length())), StandardCopyOption.ATOMIC_MOVE);
            } else if (name.startsWith(DRAFT) || name.startsWith(REPLACED) || name.startsWith(REMOVED)) {
                FileTree.delete(left);
            }
        }
    }
}
