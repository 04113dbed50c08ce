package io.godwit.checkpoint.local;

import io.godwit.checkpoint.local.CheckpointMemory.Part;
import io.godwit.hash.PageDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Makes the index of a memory by hashing it. Whoever calls it has the {@link WriteLock} of the
 * checkpoint, or is alone with it. */
final class IndexBuilder {
    private final Path checkpoint;
    private final HashProgress progress;

    /** @param checkpoint the checkpoint's directory */
    IndexBuilder(Path checkpoint, HashProgress progress) {
        this.checkpoint = checkpoint;
        this.progress = progress;
    }

    /**
     * Hashes a new checkpoint's memory, and writes its index and description.
     *
     * @param paths the files, as the description names them
     */
    Description build(String name, CheckpointMemory memory, List<String> paths)
            throws IOException, InterruptedException {
        List<FileStamp> stamps = stamps(paths);
        try (HashSorter sorter = newSorter(memory.parts(), memory.pageSize());
                IndexWriter writer = newWriter(memory.pageSize())) {
            hash(paths, memory.parts(), memory.pageSize(), sorter);
            sorter.drain(writer);
            checkUnchanged(stamps);
            Description description = new Description(
                    Description.VERSION,
                    name,
                    writer.id(),
                    memory.pageSize(),
                    memory.source(),
                    System.currentTimeMillis(),
                    memory.pages(),
                    writer.count(),
                    0,
                    stamps,
                    memory.parts());
            install(writer, description);
            return description;
        }
    }

    /**
     * Hashes a checkpoint's files again, those that are there.
     *
     * @param old its index from before, null where that is damaged
     * @return its description, with how many pages are gone
     */
    Description rebuild(Description description, PageIndex old) throws IOException, InterruptedException {
        List<FileStamp> stamps = new ArrayList<>();
        BitSet absent = new BitSet();
        for (int file = 0; file < description.files().size(); file++) {
            FileStamp before = description.files().get(file);
            Optional<FileStamp> now = FileStamp.of(checkpoint, before.path());
            absent.set(file, now.isEmpty());
            stamps.add(now.orElse(before));
        }
        List<Part> parts = partsThatAreThere(description, stamps, absent);
        try (HashSorter sorter = newSorter(parts, description.pageSize());
                IndexWriter writer = newWriter(description.pageSize())) {
            hash(paths(stamps), parts, description.pageSize(), sorter);
            // Only an index of the whole checkpoint knows what was in it.
            boolean isWhole = old != null && old.id().equals(description.checkpoint());
            if (isWhole) {
                KnownHashes known = new KnownHashes(old, absent, writer);
                sorter.drain(known);
                known.finish();
            } else {
                sorter.drain(writer);
            }
            long gone = isWhole || writer.id().equals(description.checkpoint())
                    ? writer.gone()
                    : Math.max(1, description.hashes() - writer.count());
            Description rebuilt = description.rehashed(stamps, gone);
            install(writer, rebuilt);
            return rebuilt;
        }
    }

    private void install(IndexWriter writer, Description description) throws IOException {
        writer.finish(description.toJson());
        CheckpointFiles.installIndex(checkpoint);
        CheckpointFiles.write(checkpoint, description);
    }

    private HashSorter newSorter(List<Part> parts, int pageSize) throws IOException {
        return new HashSorter(checkpoint.resolve("unsorted"), bytes(parts) / pageSize);
    }

    private IndexWriter newWriter(int pageSize) throws IOException {
        return new IndexWriter(CheckpointFiles.newIndex(checkpoint), pageSize);
    }

    private void hash(List<String> paths, List<Part> parts, int pageSize, HashSorter sorter)
            throws IOException, InterruptedException {
        // Files without parts, as those that are absent, need not be opened.
        BitSet needed = new BitSet();
        parts.forEach(part -> needed.set(part.file()));
        int[] numbers = new int[paths.size()];
        List<Path> files = new ArrayList<>();
        for (int file = needed.nextSetBit(0); file >= 0; file = needed.nextSetBit(file + 1)) {
            numbers[file] = files.size();
            files.add(checkpoint.resolve(paths.get(file)));
        }
        progress.beginHashing(bytes(parts));
        try (OpenFiles open = new OpenFiles(files)) {
            new PageHasher(file -> open.channels().get(numbers[file]), parts, pageSize, sorter, progress).hash();
        }
        progress.beginSorting();
    }

    private List<FileStamp> stamps(List<String> paths) throws IOException {
        List<FileStamp> stamps = new ArrayList<>();
        for (String path : paths) {
            stamps.add(FileStamp.of(checkpoint, path)
                    .orElseThrow(() -> new CheckpointException(path + " is not there any more")));
        }
        return stamps;
    }

    private void checkUnchanged(List<FileStamp> stamps) throws IOException {
        for (FileStamp stamp : stamps) {
            if (!FileStamp.of(checkpoint, stamp.path()).equals(Optional.of(stamp))) {
                throw new CheckpointException(stamp.path() + " was written while it was hashed: a checkpoint needs"
                        + " memory that nobody writes; copy it, then add the copy");
            }
        }
    }

    /** Of files that are shorter now, what is left. */
    private static List<Part> partsThatAreThere(Description description, List<FileStamp> stamps, BitSet absent) {
        List<Part> parts = new ArrayList<>();
        for (Part part : description.parts()) {
            long left = absent.get(part.file()) ? 0 : stamps.get(part.file()).length() - part.position();
            long pages = Math.min(part.length(), Math.max(0, left)) / description.pageSize();
            if (pages > 0) {
                parts.add(new Part(part.file(), part.position(), pages * description.pageSize()));
            }
        }
        return parts;
    }

    private static List<String> paths(List<FileStamp> stamps) {
        return stamps.stream().map(FileStamp::path).toList();
    }

    private static long bytes(List<Part> parts) {
        return parts.stream().mapToLong(Part::length).sum();
    }

    /** Gives the hashes that a checkpoint had their new places, and drops those that it had not. */
    private static final class KnownHashes implements RecordSink {
        private final PageIndex old;
        private final BitSet absent;
        private final IndexWriter writer;
        private final byte[] hash = new byte[PageDigest.BYTES];
        private long next;

        /** @param absent files that cannot be looked at: what was there may be there again */
        KnownHashes(PageIndex old, BitSet absent, IndexWriter writer) {
            this.old = old;
            this.absent = absent;
            this.writer = writer;
        }

        @Override
        public void add(byte[] found, int offset, long place) throws IOException {
            while (next < old.count()) {
                old.hashes(next, 1, hash);
                int order = Arrays.compareUnsigned(hash, 0, PageDigest.BYTES, found, offset, offset + PageDigest.BYTES);
                if (order > 0) {
                    return;
                }
                writer.add(hash, 0, order == 0 ? place : placeLeft());
                next++;
                if (order == 0) {
                    return;
                }
            }
        }

        /** The hashes behind the last that was found. */
        void finish() throws IOException {
            for (; next < old.count(); next++) {
                old.hashes(next, 1, hash);
                writer.add(hash, 0, placeLeft());
            }
        }

        private long placeLeft() {
            long place = old.place(next);
            return place != IndexFormat.GONE && absent.get(IndexFormat.file(place)) ? place : IndexFormat.GONE;
        }
    }
}
