package io.godwit.cli.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The broker's data directory, held for one broker by a file lock until it is closed. It will hold guest memory, so a new one
 * is made for its owner alone.
 */
final class DataDirectory implements AutoCloseable {
    private static final String LOCK_FILE = ".godwit-broker.lock";
    /** What a file system makes by itself in the root of an otherwise empty one. */
    private static final String LOST_AND_FOUND = "lost+found";

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes the directory where it is missing, and locks it.
     *
     * @throws BrokerException if it cannot be written, holds something else, or serves another broker
     */
    static DataDirectory open(Path path) throws BrokerException {
        Path directory = path.toAbsolutePath().normalize();
        try {
            create(directory);
            checkContent(directory);
            return new DataDirectory(directory, lock(directory));
        } catch (FileAlreadyExistsException e) {
            throw new BrokerException(
                    "data directory " + directory + " is not a directory; choose another with --data-dir", e);
        } catch (AccessDeniedException e) {
            throw new BrokerException(
                    "data directory " + directory + " cannot be written (" + e.getFile()
                            + ": permission denied); choose another with --data-dir",
                    e);
        } catch (IOException e) {
            throw new BrokerException(
                    "data directory " + directory + " cannot be used (" + e.getMessage()
                            + "); choose another with --data-dir",
                    e);
        }
    }

    Path path() {
        return path;
    }

    /**
     * Gives the directory a cluster id where it has none; leaves a used one as it is.
     *
     * @param users of SASL/SCRAM that the cluster knows from the beginning
     * @throws BrokerException if it cannot be written
     */
    void format(int nodeId, String controllerListener, List<String> users) throws BrokerException {
        if (Files.exists(metaProperties(path))) {
            return;
        }
        try {
            new Formatter()
                    .setNodeId(nodeId)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(path.toString())
                    .setMetadataLogDirectory(path.toString())
                    .setControllerListenerName(controllerListener)
                    .setScramArguments(users)
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                    .run();
        } catch (Exception e) {
            throw new BrokerException(
                    "data directory " + path + " cannot be formatted (" + e.getMessage()
                            + "); choose another with --data-dir",
                    e);
        }
    }

    /** Gives the directory back. The files stay. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Kafka would take whatever lies in a log directory for its own. */
    private static void checkContent(Path directory) throws IOException, BrokerException {
        if (Files.exists(metaProperties(directory))) {
            return;
        }
        List<String> foreign;
        try (Stream<Path> entries = Files.list(directory)) {
            foreign = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.equals(LOCK_FILE) && !name.equals(LOST_AND_FOUND))
                    .limit(1)
                    .toList();
        }
        if (!foreign.isEmpty()) {
            throw new BrokerException("data directory " + directory + " holds something else (" + foreign.get(0)
                    + "); choose an empty or a new one with --data-dir");
        }
    }

    private static FileChannel lock(Path directory) throws IOException, BrokerException {
        FileChannel channel =
                FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Held by another broker of this JVM: the same answer as for one of another process.
            locked = false;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw new BrokerException("data directory " + directory
                    + " is in use by another broker; stop that one, or choose another with --data-dir");
        }
        return channel;
    }

    private static Path metaProperties(Path directory) {
        return directory.resolve(MetaPropertiesEnsemble.META_PROPERTIES_NAME);
    }
}
