package io.godwit.checkpoint.local;

import io.godwit.record.CheckpointEntry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one checkpoint's directory, each of which is replaced in one step. */
final class CheckpointFiles {
    static final String DESCRIPTION = "checkpoint.json";
    static final String INDEX = "index";

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFiles.class);
    private static final String NEW = ".new";

    private CheckpointFiles() {}

    /** Where an index is written before it takes the place of another. */
    static Path newIndex(Path checkpoint) {
        return checkpoint.resolve(INDEX + NEW);
    }

    /**
     * The description, from the index where the file is damaged. A directory that was copied or renamed by hand is what its
     * name says.
     *
     * @throws CheckpointException if there is none that can be read, or the directory's name is none of a checkpoint
     */
    static Description describe(Path checkpoint) throws IOException {
        String name = checkpoint.getFileName().toString();
        try {
            return read(checkpoint).named(CheckpointEntry.checkName(name));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint + ": " + e.getMessage(), e);
        }
    }

    private static Description read(Path checkpoint) throws IOException {
        try {
            return readDescription(checkpoint.resolve(DESCRIPTION));
        } catch (IOException e) {
            return describeByIndex(checkpoint, e);
        }
    }

    /** Whether the file itself can be read. */
    static boolean isDescribed(Path checkpoint) {
        try {
            readDescription(checkpoint.resolve(DESCRIPTION));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Description readDescription(Path file) throws IOException {
        if (Files.size(file) > IndexFormat.MAX_DESCRIPTION_BYTES) {
            throw new IOException("it is larger than " + IndexFormat.MAX_DESCRIPTION_BYTES + " bytes");
        }
        return Description.parse(Files.readAllBytes(file));
    }

    private static Description describeByIndex(Path checkpoint, IOException damage) throws CheckpointException {
        LOG.warn("{} cannot be read ({}): looking into its index", checkpoint.resolve(DESCRIPTION), damage.toString());
        try (PageIndex index = PageIndex.open(checkpoint.resolve(INDEX))) {
            return Description.parse(index.description());
        } catch (IOException e) {
            CheckpointException failure = new CheckpointException(
                    checkpoint + " holds no checkpoint that can be read, neither its " + DESCRIPTION + " nor its "
                            + INDEX + " is whole: remove it (godwit checkpoint remove) and add it again",
                    e);
            failure.addSuppressed(damage);
            throw failure;
        }
    }

    /** Writes the description, as a whole or not at all. */
    static void write(Path checkpoint, Description description) throws IOException {
        Path temporary = checkpoint.resolve(DESCRIPTION + NEW);
        Files.write(temporary, description.toJson());
        force(temporary);
        replace(temporary, checkpoint.resolve(DESCRIPTION));
    }

    /** Puts the new index in the place of the old one. */
    static void installIndex(Path checkpoint) throws IOException {
        replace(newIndex(checkpoint), checkpoint.resolve(INDEX));
    }

    private static void replace(Path file, Path place) throws IOException {
        Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(place.getParent());
    }

    /** Waits until the disk has a file, or the names in a directory. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
