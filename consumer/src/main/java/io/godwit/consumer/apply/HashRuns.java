package io.godwit.consumer.apply;

import io.godwit.checkpoint.local.KnownPages;
import io.godwit.codec.ZeroPage;
import io.godwit.consumer.position.PageHashes;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.PageSink;
import io.godwit.hash.PageDigest;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.record.Manifest;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;

/**
 * Rebuilds the pages of runs that name them by their SHA-256, from the first of these places that has one:
 *
 * <ol>
 *   <li>the page's own place;
 *   <li>the checkpoints that are here;
 *   <li>the ingress record that the run was made from: a repair.
 * </ol>
 *
 * A run that matches its checksum is right, as any other run is: pages of checkpoints are hashed with SHA-256 only where it does
 * not, to find those that have rotted. Writes nothing before it is told to. One thread; close it.
 */
final class HashRuns implements AutoCloseable {
    private final PageSink sink;
    private final PageHashes hashes;
    private final Manifest manifest;
    private final ApplyCounters counters;
    private final OriginalPages originals;
    private final int pageSize;
    private final PageDigest sha256 = new PageDigest();
    private final byte[] found = new byte[PageDigest.BYTES];
    private final BitSet placed = new BitSet();
    /** Pages of the run that a checkpoint gave. */
    private final BitSet copied = new BitSet();

    private ByteBuffer pages = ByteBuffer.allocate(PageBatch.DEFAULT_PAGES * Manifest.DEFAULT_PAGE_SIZE);

    private KnownPages known = KnownPages.NONE;
    private StreamRecord record;

    HashRuns(OpenTarget target, ApplyCounters counters, OriginalRecords records, PayloadCodec codec) {
        this.sink = target.sink();
        this.hashes = target.hashes();
        this.manifest = target.manifest();
        this.counters = counters;
        this.originals = new OriginalPages(records, manifest, target.lanes(), codec);
        this.pageSize = manifest.pageSize();
    }

    /**
     * From now on, runs of {@code newRecord} are rebuilt.
     *
     * @param origin null where the record does not tell it
     * @param newKnown pages of the checkpoints that are here
     */
    void begin(StreamRecord newRecord, Origin origin, KnownPages newKnown) {
        record = newRecord;
        known = newKnown;
        originals.begin(newRecord, origin);
    }

    /**
     * Whether every page of the run is in its place already. The stored hashes of the pages are compared with the checksum
     * that the run would have to have once it is rebuilt, so this is as sure as that one is: 64 bits, which a run of other
     * content meets once in 2^64 times.
     */
    boolean isPlaced(PageBatch batch, int run) {
        PageRuns runs = batch.runs();
        long sum = 0;
        for (int i = 0; i < runs.count(run); i++) {
            sum += hashes.get(batch.block(), runs.index(run) + i);
        }
        return sum == runs.checksum(run);
    }

    /**
     * Rebuilds a run. Its pages may still not match its checksum: then the record is damaged, not a page.
     *
     * @param digests array that holds the pages' digests from {@code digestsOffset} on
     * @param rebuilt takes the page hashes
     * @throws RefusedStreamException if a page is nowhere to be had
     */
    void rebuild(PageBatch batch, int run, byte[] digests, int digestsOffset, long[] rebuilt)
            throws RefusedStreamException, IOException {
        int count = batch.runs().count(run);
        if (pages.capacity() < count * pageSize) {
            pages = ByteBuffer.allocate(
                    Math.max(count * pageSize, Math.min(PageBatch.MAX_PAYLOAD_BYTES, 2 * count * pageSize)));
        }
        if (gather(batch, run, digests, digestsOffset, rebuilt) != batch.runs().checksum(run)) {
            replaceRotten(batch, run, digests, digestsOffset, rebuilt);
        }
    }

    /** Collects the pages of a run, those of checkpoints unverified. @return the run's checksum as it is then */
    private long gather(PageBatch batch, int run, byte[] digests, int digestsOffset, long[] rebuilt)
            throws RefusedStreamException, IOException {
        int count = batch.runs().count(run);
        placed.clear();
        copied.clear();
        long sum = 0;
        for (int i = 0; i < count; i++) {
            long index = batch.runs().index(run) + i;
            int digest = digestsOffset + i * PageEncoding.HASH_BYTES;
            // Of a run of one page, that it is not in its place is known already.
            if (count > 1 && isPlaced(batch.block(), index, digests, digest, i)) {
                placed.set(i);
            } else if (known.copy(digests, digest, pages.array(), i * pageSize, pageSize)) {
                copied.set(i);
            } else {
                repair(batch.block(), index, digests, digest, i);
            }
            // Not the stored one even where it is in its place: whoever died after a write has left the hash from
            // before.
            rebuilt[i] = hash(batch.block(), index, i);
            sum += rebuilt[i];
        }
        return sum;
    }

    private void replaceRotten(PageBatch batch, int run, byte[] digests, int digestsOffset, long[] rebuilt)
            throws RefusedStreamException, IOException {
        for (int i = copied.nextSetBit(0); i >= 0; i = copied.nextSetBit(i + 1)) {
            long index = batch.runs().index(run) + i;
            int digest = digestsOffset + i * PageEncoding.HASH_BYTES;
            if (!isRight(digests, digest, i)) {
                // Another checkpoint may have it undamaged.
                if (!known.read(digests, digest, pages.array(), i * pageSize, pageSize)) {
                    repair(batch.block(), index, digests, digest, i);
                }
                rebuilt[i] = hash(batch.block(), index, i);
            }
        }
    }

    /** After {@link #rebuild} of a run, and its verification: writes the pages that are not in their places. */
    void write(PageBatch batch, int run) throws IOException {
        int count = batch.runs().count(run);
        int present = placed.cardinality();
        counters.addPlaced(present);
        int from = placed.nextClearBit(0);
        while (from < count) {
            int next = placed.nextSetBit(from);
            int to = next < 0 ? count : next;
            pages.limit(to * pageSize).position(from * pageSize);
            sink.write(batch.block(), batch.runs().index(run) + from, pages);
            from = placed.nextClearBit(to);
        }
    }

    @Override
    public void close() {
        originals.close();
    }

    private boolean isPlaced(int block, long index, byte[] digests, int digest, int slot) throws IOException {
        // The transformer names no page that is zero: nothing to be read for one that is.
        if (hashes.get(block, index) == PageHash.ZERO) {
            return false;
        }
        sink.read(block, index, pages.array(), slot * pageSize);
        return isRight(digests, digest, slot);
    }

    private void repair(int block, long index, byte[] digests, int digest, int slot) throws RefusedStreamException {
        try {
            originals.read(index, pages.array(), slot * pageSize);
            if (!isRight(digests, digest, slot)) {
                throw new LostRecordException("its ingress record holds another content there");
            }
        } catch (LostRecordException e) {
            throw new RefusedStreamException(lost(block, index, digests, digest) + e.getMessage(), e);
        }
        counters.addRepaired(1);
    }

    private boolean isRight(byte[] digests, int digest, int slot) {
        sha256.digest(pages.array(), slot * pageSize, pageSize, found, 0);
        return Arrays.equals(found, 0, found.length, digests, digest, digest + found.length);
    }

    private long hash(int block, long index, int slot) {
        return ZeroPage.isZero(pages.array(), slot * pageSize, pageSize)
                ? PageHash.ZERO
                : PageHash.ofNonZero(pages.array(), slot * pageSize, pageSize, block, index);
    }

    private String lost(int block, long index, byte[] digests, int digest) {
        return record.place() + ": block " + manifest.blocks().get(block).id() + ", page " + index + ", SHA-256 "
                + HexFormat.of().formatHex(digests, digest, digest + PageEncoding.HASH_BYTES)
                + ": no checkpoint here gives that page. Receive again with a --checkpoint-dir that holds it undamaged, or"
                + " delete the migration and send it again. It could not be repaired: ";
    }
}
