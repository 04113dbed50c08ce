package io.godwit.checkpoint.local;

import io.godwit.hash.PageDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A checkpoint whose index is open, and the files of its memory, as far as they are there. Any thread may read. */
final class HeldCheckpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeldCheckpoint.class);

    private final Description description;
    private final PageIndex index;
    /** In the order of the description's files; null where a file cannot be opened. */
    private final FileChannel[] files;

    private final List<String> warnings;

    private HeldCheckpoint(Description description, PageIndex index, FileChannel[] files, List<String> warnings) {
        this.description = description;
        this.index = index;
        this.files = files;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Opens a checkpoint. An index or a description that is damaged is made anew, and files that have changed are hashed
     * again.
     *
     * @param path the checkpoint's directory
     * @throws CheckpointException if neither its description nor its index can be read
     */
    static HeldCheckpoint open(Path path, HashProgress progress) throws IOException, InterruptedException {
        List<String> warnings = new ArrayList<>();
        Description description = CheckpointFiles.describe(path);
        PageIndex index = openIndex(path, description);
        if (index == null || isChanged(path, description) || !CheckpointFiles.isDescribed(path)) {
            if (index != null) {
                index.close();
            }
            description = repair(path, progress, warnings);
            index = PageIndex.open(path.resolve(CheckpointFiles.INDEX));
        }
        try {
            FileChannel[] files = openFiles(path, description, warnings);
            if (description.gone() > 0) {
                warnings.add("of checkpoint " + description.name() + ", " + description.gone() + " of "
                        + description.hashes() + " different pages are no longer in " + files(description)
                        + ", which changed: they will be asked of the stream's source");
            }
            return new HeldCheckpoint(description, index, files, warnings);
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    private static String files(Description description) {
        return description.files().size() == 1 ? description.files().get(0).path() : "its files";
    }

    /** Null where it is damaged, or not of this checkpoint. */
    private static PageIndex openIndex(Path path, Description description) throws IOException {
        try {
            PageIndex index = PageIndex.open(path.resolve(CheckpointFiles.INDEX));
            if (index.pageSize() == description.pageSize()) {
                return index;
            }
            index.close();
            LOG.warn("index of {} has pages of {} bytes", path, index.pageSize());
        } catch (DamagedIndexException e) {
            LOG.warn("{}: hashing the checkpoint's memory again", e.getMessage());
        }
        return null;
    }

    private static boolean isChanged(Path path, Description description) throws IOException {
        for (FileStamp before : description.files()) {
            Optional<FileStamp> now = FileStamp.of(path, before.path());
            // What is not there now is passed over, and may come back.
            if (now.isPresent() && !now.get().equals(before)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("try") // the lock is only held
    private static Description repair(Path path, HashProgress progress, List<String> warnings)
            throws IOException, InterruptedException {
        try (WriteLock lock = WriteLock.acquire(path)) {
            // Another process may have been faster.
            Description description = CheckpointFiles.describe(path);
            try (PageIndex index = openIndex(path, description)) {
                if (index == null || isChanged(path, description)) {
                    if (index == null) {
                        warnings.add("the index of checkpoint " + description.name()
                                + " was damaged: it was made anew from its memory");
                    }
                    return new IndexBuilder(path, progress).rebuild(description, index);
                }
            }
            CheckpointFiles.write(path, description);
            return description;
        }
    }

    private static FileChannel[] openFiles(Path path, Description description, List<String> warnings)
            throws IOException {
        FileChannel[] files = new FileChannel[description.files().size()];
        for (int file = 0; file < files.length; file++) {
            Path memory = path.resolve(description.files().get(file).path());
            try {
                files[file] = FileChannel.open(memory, StandardOpenOption.READ);
            } catch (IOException e) {
                warnings.add("memory of checkpoint " + description.name() + " cannot be read (" + e
                        + "): its pages will be asked of the stream's source");
            }
        }
        return files;
    }

    Description description() {
        return description;
    }

    PageIndex index() {
        return index;
    }

    /** What an operator should know of it, a line each. */
    List<String> warnings() {
        return warnings;
    }

    /**
     * Fills {@code page} with what is where the page of a hash was; its position and limit do not matter.
     *
     * @return whether there is anything
     */
    boolean read(byte[] hash, int offset, ByteBuffer page) throws IOException {
        long place = find(hash, offset);
        if (place == IndexFormat.GONE || IndexFormat.file(place) >= files.length) {
            return false;
        }
        FileChannel file = files[IndexFormat.file(place)];
        if (file == null) {
            return false;
        }
        page.clear();
        try {
            while (page.hasRemaining()) {
                if (file.read(page, IndexFormat.position(place) + page.position()) < 0) {
                    return false;
                }
            }
            return true;
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // A disk that cannot be read is a page that is not here.
            LOG.warn("memory of checkpoint {} cannot be read", description.name(), e);
            return false;
        }
    }

    private long find(byte[] hash, int offset) {
        if (offset < 0 || offset > hash.length - PageDigest.BYTES) {
            throw new IndexOutOfBoundsException("hash at " + offset + " of " + hash.length + " bytes");
        }
        try {
            return index.find(hash, offset);
        } catch (InternalError e) {
            // What the JVM makes of a mapped file that was cut short.
            LOG.warn("index of checkpoint {} cannot be read", description.name(), e);
            return IndexFormat.GONE;
        }
    }

    @Override
    public void close() throws IOException {
        index.close();
        for (FileChannel file : files) {
            if (file != null) {
                file.close();
            }
        }
    }
}
