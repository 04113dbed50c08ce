package io.godwit.consumer.sink;

import io.godwit.consumer.position.BootId;
import io.godwit.consumer.position.PageHashes;
import io.godwit.consumer.position.PositionFile;
import io.godwit.consumer.position.TargetIdentity;
import io.godwit.ramdir.RamDirectory;
import io.godwit.ramdir.RamDirectoryException;
import io.godwit.record.Manifest;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory that a migration is received into, from the claim on it to its release. One thread at a time.
 *
 * <pre>
 *   DIR/manifest.json, DIR/*.ram     the RAM directory
 *   DIR/device.state                 once the migration is complete, where there is device state
 *   DIR/.godwit/lock                 locked by the receiver that works here
 *   DIR/.godwit/position             how far each lane is, and of which migration
 *   DIR/.godwit/hashes               the hash of every page
 *   DIR/.godwit/checkpoints          ids of the checkpoints that the stream names, one a line, where it names some
 *   DIR/.godwit/device.state         device state that is not whole yet
 * </pre>
 *
 * <p>What a killed receiver left is gone on with under the same run of the kernel, and begun anew after a restart of the
 * machine: nothing is forced to disk, so pages may have been lost, though never silently.
 */
public final class TargetDirectory implements TargetStore {
    /** Largest stripe that is taken: what a reader allocates a hash for at a time. */
    static final int MAX_STRIPE_PAGES = 1 << 16;

    private static final String STATE_DIRECTORY = ".godwit";
    private static final String POSITION_FILE = "position";
    private static final String HASHES_FILE = "hashes";
    private static final String CHECKPOINTS_FILE = "checkpoints";
    /** What may lie in a directory that counts as empty: our own, and what a fresh ext4 file system holds. */
    private static final Set<String> DISREGARDED = Set.of(STATE_DIRECTORY, "lost+found");

    private static final int NAMES_SHOWN = 3;

    private final Path path;
    private final String migration;
    private final String boot;
    private final DiskSpace space;
    private final DirectoryLock lock;

    private TargetDirectory(Path path, String migration, String boot, DiskSpace space, DirectoryLock lock) {
        this.path = path;
        this.migration = migration;
        this.boot = boot;
        this.space = space;
        this.lock = lock;
    }

    /**
     * Claims {@code path} for {@code migration}: makes the directory where it is missing, and keeps other receivers out until
     * {@link #close}.
     *
     * @throws TargetException if it holds anything but this migration, or another receiver has it
     */
    public static TargetDirectory claim(Path path, String migration) throws TargetException, IOException {
        return claim(path, migration, BootId.current(), DiskSpace.OF_FILE_SYSTEM);
    }

    static TargetDirectory claim(Path path, String migration, String boot, DiskSpace space)
            throws TargetException, IOException {
        checkHolds(path, migration);
        DirectoryLock lock = DirectoryLock.acquire(path, STATE_DIRECTORY);
        try {
            // Whoever had the lock until now may have begun a migration of its own.
            checkHolds(path, migration);
            return new TargetDirectory(path, migration, boot, space, lock);
        } catch (TargetException | IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public Optional<OpenTarget> resume(String stream) throws TargetException, IOException {
        if (!Files.exists(stateFile(POSITION_FILE))) {
            return Optional.empty();
        }
        PositionFile positions = PositionFile.open(stateFile(POSITION_FILE));
        TargetIdentity identity = positions.identity();
        if (!identity.stream().equals(stream)) {
            throw new TargetException(path + " holds migration " + migration
                    + " as it was before it was deleted and sent" + " again: receive into an empty directory");
        }
        boolean reliable = positions.isValid() && identity.boot().equals(boot);
        if (!reliable && positions.isComplete()) {
            throw new TargetException(path + " holds migration " + migration + ", completed before this machine was"
                    + " restarted: to receive it again, choose an empty directory");
        }
        return reliable ? Optional.of(open(positions)) : Optional.empty();
    }

    @Override
    public OpenTarget create(StreamStart start) throws TargetException, IOException {
        Manifest manifest = start.manifest();
        if (start.stripePages() > MAX_STRIPE_PAGES) {
            throw new TargetException("migration " + migration + " has stripes of " + start.stripePages()
                    + " pages: at most " + MAX_STRIPE_PAGES + " are supported");
        }
        checkSpace(manifest.totalBytes() + PageHashes.fileBytes(manifest));
        lock.keepDirectories();
        // First of all files, and not valid yet: who dies before the end leaves a directory that is known to be ours.
        PositionFile positions = PositionFile.create(
                stateFile(POSITION_FILE),
                new TargetIdentity(
                        migration, start.stream(), boot, start.lanes(), start.stripePages(), manifest.totalPages()));
        RamDirectory directory = RamDirectory.layOut(path, manifest);
        for (Path file : directory.files()) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(deviceStateFile());
        Files.deleteIfExists(stateFile(CHECKPOINTS_FILE));
        directory.writeManifest();
        PageHashes hashes = PageHashes.create(stateFile(HASHES_FILE), manifest);
        RamDirectorySink sink = RamDirectorySink.open(directory, deviceStateFile());
        positions.validate();
        return new OpenTarget(manifest, lanes(manifest, positions), sink, positions, hashes);
    }

    @Override
    public Set<String> checkpoints() throws IOException {
        Path file = stateFile(CHECKPOINTS_FILE);
        return Files.exists(file) ? Set.copyOf(Files.readAllLines(file)) : Set.of();
    }

    @Override
    public void keepCheckpoints(Set<String> ids) throws IOException {
        if (ids.equals(checkpoints())) {
            return;
        }
        // Who dies in between leaves the ids as they were.
        Path written = Files.write(stateFile(CHECKPOINTS_FILE + ".new"), ids);
        Files.move(written, stateFile(CHECKPOINTS_FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Lets other receivers in; where nothing was begun, leaves the file system as {@link #claim} found it. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private OpenTarget open(PositionFile positions) throws TargetException, IOException {
        try {
            RamDirectory directory = RamDirectory.open(path);
            Manifest manifest = directory.manifest();
            if (manifest.totalPages() != positions.identity().totalPages()) {
                throw new RamDirectoryException(
                        path.resolve(RamDirectory.MANIFEST_FILE) + " lists " + manifest.totalPages() + " pages, "
                                + positions.identity().totalPages() + " were begun");
            }
            PageHashes hashes = PageHashes.open(stateFile(HASHES_FILE), manifest);
            checkSpace((manifest.totalPages() - hashes.nonZeroPages()) * manifest.pageSize());
            lock.keepDirectories();
            RamDirectorySink sink = RamDirectorySink.open(directory, deviceStateFile());
            return new OpenTarget(manifest, lanes(manifest, positions), sink, positions, hashes);
        } catch (RamDirectoryException e) {
            throw new TargetException(
                    "what was received into " + path + " was changed since: " + e.getMessage()
                            + "; remove the directory and receive again",
                    e);
        }
    }

    private static Lanes lanes(Manifest manifest, PositionFile positions) {
        return new Lanes(
                manifest, positions.identity().lanes(), positions.identity().stripePages());
    }

    private void checkSpace(long bytes) throws TargetException, IOException {
        long usable = space.usableBytes(path);
        if (usable < bytes) {
            throw new TargetException("migration " + migration + " needs " + bytes + " bytes in " + path + ", where "
                    + usable + " are free: make room, or choose another directory");
        }
    }

    private Path stateFile(String name) {
        return path.resolve(STATE_DIRECTORY).resolve(name);
    }

    private Path deviceStateFile() {
        return stateFile(RamDirectory.DEVICE_STATE_FILE);
    }

    private static void checkHolds(Path path, String migration) throws TargetException, IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw new TargetException(path + " is not a directory: choose another one");
        }
        Path position = path.resolve(STATE_DIRECTORY).resolve(POSITION_FILE);
        if (!Files.exists(position)) {
            checkEmpty(path);
            return;
        }
        String held = PositionFile.open(position).identity().migration();
        if (!held.equals(migration)) {
            throw new TargetException(
                    path + " holds migration " + held + ", not " + migration + ": choose an empty directory");
        }
    }

    private static void checkEmpty(Path path) throws TargetException, IOException {
        try (Stream<Path> entries = Files.list(path)) {
            List<String> names = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !DISREGARDED.contains(name))
                    .sorted()
                    .toList();
            if (!names.isEmpty()) {
                String shown = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
                throw new TargetException(path + " is not empty: it holds " + shown
                        + (names.size() > NAMES_SHOWN ? " and " + (names.size() - NAMES_SHOWN) + " more" : "")
                        + "; choose an empty directory");
            }
        }
    }
}
