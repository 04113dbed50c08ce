package io.godwit.checkpoint.local;

import io.godwit.hash.PageDigest;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Sorts hashes with their places, more of them than fit the heap: by the first bits into buckets of a file, then each bucket
 * in memory. Each hash comes out once. Any thread may make a collector; a collector is one thread's.
 */
final class HashSorter implements AutoCloseable {
    /** Where a bucket of memory with so many pages is still small. */
    private static final int BUCKET_RECORDS = 1 << 16;

    private static final int MAX_BUCKET_BITS = 12;
    private static final int RECORD_BYTES = PageDigest.BYTES + Long.BYTES;
    /** Records that a collector gathers of a bucket before it writes them: so many where there is room for them. */
    private static final int MIN_BLOCK_RECORDS = 8;

    private static final int MAX_BLOCK_RECORDS = 128;
    private static final int ALL_BLOCKS_BYTES = 64 << 20;
    /** Each has some 12 MiB. */
    private static final int MAX_SORTS = 8;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Records of one bucket that lie in the file one after the other. */
    private record Block(long position, int bytes) {}

    private final FileChannel file;
    private final int bucketBits;
    private final int blockRecords;
    /** Guarded by this. */
    private final List<List<Block>> buckets = new ArrayList<>();
    /** Guarded by this. */
    private long fileEnd;

    /**
     * @param scratch made, and removed in the end
     * @param pages about how many hashes there will be
     */
    HashSorter(Path scratch, long pages) throws IOException {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(pages / BUCKET_RECORDS);
        bucketBits = Math.min(MAX_BUCKET_BITS, bits);
        for (int bucket = 0; bucket < 1 << bucketBits; bucket++) {
            buckets.add(new ArrayList<>());
        }
        int collectors = Runtime.getRuntime().availableProcessors();
        int room = ALL_BLOCKS_BYTES / RECORD_BYTES / buckets.size() / collectors;
        blockRecords = Math.max(MIN_BLOCK_RECORDS, Math.min(MAX_BLOCK_RECORDS, room));
        file = FileChannel.open(
                scratch,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    Collector newCollector() {
        return new Collector();
    }

    /** Passes every hash that was collected to {@code sink}, ascending, with one of its places. Sorts on several cores. */
    void drain(RecordSink sink) throws IOException, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        int threads = Math.min(Math.min(MAX_SORTS, cores), buckets.size());
        ExecutorService workers = Executors.newFixedThreadPool(threads, PageHasher::newThread);
        try {
            // As many sorts as are at work or wait to be taken; a sort that was taken sorts another bucket.
            Deque<Future<BucketSort>> sorted = new ArrayDeque<>();
            int next = 0;
            for (; next < threads; next++) {
                sorted.add(begin(workers, new BucketSort(bucketBits), buckets.get(next)));
            }
            while (!sorted.isEmpty()) {
                BucketSort done = sorted.remove().get();
                done.drain(sink);
                if (next < buckets.size()) {
                    sorted.add(begin(workers, done, buckets.get(next)));
                    next++;
                }
            }
        } catch (ExecutionException e) {
            throw PageHasher.failure(e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    private Future<BucketSort> begin(ExecutorService workers, BucketSort sort, List<Block> bucket) {
        return workers.submit(() -> {
            for (Block block : bucket) {
                sort.load(file, block.position, block.bytes);
            }
            sort.sort();
            return sort;
        });
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private int bucket(byte[] hash, int offset) {
        // A shift by 64 would be one by 0.
        return bucketBits == 0 ? 0 : (int) ((long) LONGS.get(hash, offset) >>> (Long.SIZE - bucketBits));
    }

    private synchronized long reserve(int bucket, int bytes) {
        long position = fileEnd;
        fileEnd += bytes;
        buckets.get(bucket).add(new Block(position, bytes));
        return position;
    }

    /** Takes hashes from one thread. */
    final class Collector implements RecordSink {
        /**
         * Hashes that came lately, by some of their bits: memory repeats itself, and what is known need not be sorted. No page
         * has the hash that is all zero, as an empty slot.
         */
        private static final int RECENT = 1 << 12;

        private final byte[] recent = new byte[RECENT * PageDigest.BYTES];
        private final ByteBuffer[] blocks = new ByteBuffer[1 << bucketBits];

        @Override
        public void add(byte[] hash, int offset, long place) throws IOException {
            int slot = ((int) (long) LONGS.get(hash, offset + Long.BYTES) & (RECENT - 1)) * PageDigest.BYTES;
            if (Arrays.equals(recent, slot, slot + PageDigest.BYTES, hash, offset, offset + PageDigest.BYTES)) {
                return;
            }
            System.arraycopy(hash, offset, recent, slot, PageDigest.BYTES);
            int bucket = bucket(hash, offset);
            if (blocks[bucket] == null) {
                blocks[bucket] = ByteBuffer.allocate(blockRecords * RECORD_BYTES);
            }
            blocks[bucket].put(hash, offset, PageDigest.BYTES).putLong(place);
            if (!blocks[bucket].hasRemaining()) {
                write(bucket);
            }
        }

        /** Hands over what was gathered; to be called in the end. */
        void flush() throws IOException {
            for (int bucket = 0; bucket < blocks.length; bucket++) {
                if (blocks[bucket] != null && blocks[bucket].position() > 0) {
                    write(bucket);
                }
            }
        }

        private void write(int bucket) throws IOException {
            ByteBuffer block = blocks[bucket].flip();
            long position = reserve(bucket, block.limit());
            while (block.hasRemaining()) {
                file.write(block, position + block.position());
            }
            block.clear();
        }
    }

    /** Sorts the records of one bucket after the other. One thread at a time. */
    private static final class BucketSort {
        private static final int INDEX_BITS = 24;
        private static final int MAX_RECORDS = 1 << INDEX_BITS;

        private final int bucketBits;
        private byte[] records = new byte[2 * BUCKET_RECORDS * RECORD_BYTES];
        private byte[] sorted = new byte[records.length];
        private long[] keys = new long[2 * BUCKET_RECORDS];
        private int length;

        BucketSort(int bucketBits) {
            this.bucketBits = bucketBits;
        }

        void load(FileChannel file, long position, int bytes) throws IOException {
            if (length + bytes > records.length) {
                sort();
                // Much the same content many times: then this was all. Else the bucket is larger than most.
                if (length > records.length / 2) {
                    grow();
                }
            }
            ByteBuffer target = ByteBuffer.wrap(records, length, bytes);
            while (target.hasRemaining()) {
                if (file.read(target, position + target.position() - length) < 0) {
                    throw new CheckpointException("a file that is sorted in was cut short by another process");
                }
            }
            length += bytes;
        }

        /** Passes what was sorted, and is empty then. */
        void drain(RecordSink sink) throws IOException {
            for (int at = 0; at < length; at += RECORD_BYTES) {
                sink.add(records, at, (long) LONGS.get(records, at + PageDigest.BYTES));
            }
            length = 0;
        }

        private void grow() throws CheckpointException {
            int capacity = 2 * keys.length;
            if (capacity > MAX_RECORDS) {
                throw new CheckpointException("more than " + MAX_RECORDS / 2 + " pages have hashes that begin alike:"
                        + " this memory was made to break its index");
            }
            records = Arrays.copyOf(records, capacity * RECORD_BYTES);
            sorted = new byte[capacity * RECORD_BYTES];
            keys = new long[capacity];
        }

        /** Sorts what is loaded, each hash once. */
        void sort() {
            int count = length / RECORD_BYTES;
            for (int record = 0; record < count; record++) {
                // The bits behind the bucket's, then the record's number; the first bit is turned, as longs are signed.
                long bits = (long) LONGS.get(records, record * RECORD_BYTES) << bucketBits;
                keys[record] = (bits >>> INDEX_BITS << INDEX_BITS | record) ^ Long.MIN_VALUE;
            }
            Arrays.sort(keys, 0, count);
            length = 0;
            for (int key = 0; key < count; key++) {
                insert((int) (keys[key] & (MAX_RECORDS - 1)) * RECORD_BYTES);
            }
            byte[] unsorted = records;
            records = sorted;
            sorted = unsorted;
        }

        /** Appends a record, before those that it comes before in spite of keys that are the same; drops one that is there. */
        private void insert(int from) {
            int at = length;
            while (at > 0) {
                int order = Arrays.compareUnsigned(
                        sorted,
                        at - RECORD_BYTES,
                        at - RECORD_BYTES + PageDigest.BYTES,
                        records,
                        from,
                        from + PageDigest.BYTES);
                if (order == 0) {
                    return;
                }
                if (order < 0) {
                    break;
                }
                at -= RECORD_BYTES;
            }
            System.arraycopy(sorted, at, sorted, at + RECORD_BYTES, length - at);
            System.arraycopy(records, from, sorted, at, RECORD_BYTES);
            length += RECORD_BYTES;
        }
    }
}
