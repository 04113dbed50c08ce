package io.godwit.transformer.processor;

import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.Schemas;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.record.WireFormat;
import java.util.Optional;

/**
 * Writes a record as the processors left it.
 *
 * <p>Nothing is compressed for nothing: a batch that is as it came keeps its payload, unless it came as LZ4 and Zstandard is
 * wanted and saves a sixteenth or more; what came uncompressed because its source could not compress it is tried again only
 * where deltas have taken the place of pages.
 */
final class BatchEncoder {
    /** Below this, a frame's header outweighs what it saves. */
    private static final int MIN_COMPRESSED_BYTES = 64;

    private static final int MIN_SAVING = 16;

    private final PayloadCompression wanted;
    private final WireFormat format;
    private final PayloadCodec codec;
    private byte[] gathered = new byte[0];
    private byte[] compressed = new byte[0];

    /**
     * @param format of what is written
     * @param codec belongs to the caller, who closes it
     */
    BatchEncoder(PayloadCompression wanted, WireFormat format, PayloadCodec codec) {
        this.wanted = wanted;
        this.format = format;
        this.codec = codec;
    }

    /** Returns the bytes of the record: its own where nothing is other than it came, nor is to be. */
    byte[] encode(LaneUpdate update) {
        if (!update.isRefined()) {
            return asItCame(update);
        }
        BatchWork work = update.work();
        Optional<PageBatch> batch = work.isChanged() ? Optional.of(rebuilt(work)) : recompressed(work);
        return batch.map(body -> StreamRecordEncoder.encode(update.record().withBody(body), format))
                .orElseGet(() -> asItCame(update));
    }

    /** A source may write another format than this transformer, or an older version: the stream is of one. */
    private byte[] asItCame(LaneUpdate update) {
        boolean isOwn = update.record() == null || format.isWrittenAs(Schemas.STREAM_RECORD, update.value());
        return isOwn ? update.value() : StreamRecordEncoder.encode(update.record(), format);
    }

    /** The batch with a better payload or a fuller summary; empty where it can stay as it is. */
    private Optional<PageBatch> recompressed(BatchWork work) {
        PageBatch batch = work.batch();
        if (wanted == PayloadCompression.ZSTD && batch.compression() == PayloadCompression.LZ4) {
            int length = compress(work.raw(), work.rawOffset(), work.rawLength());
            if (length <= batch.payloadLength() - batch.payloadLength() / MIN_SAVING) {
                return Optional.of(with(work, batch.runs(), wanted, compressed, 0, length));
            }
        }
        if (work.overflows() == 0) {
            return Optional.empty();
        }
        return Optional.of(with(
                work,
                batch.runs(),
                batch.compression(),
                batch.payload(),
                batch.payloadOffset(),
                batch.payloadLength()));
    }

    private PageBatch rebuilt(BatchWork work) {
        PageRuns runs = gather(work);
        int length = (int) runs.payloadBytes();
        boolean compressible =
                work.batch().compression() != PayloadCompression.NONE || runs.pages(PageEncoding.XBZRLE) > 0;
        // Digests are as random as bytes can be.
        long digests = runs.pages(PageEncoding.HASH) * PageEncoding.HASH_BYTES;
        if (wanted != PayloadCompression.NONE && compressible && length - digests >= MIN_COMPRESSED_BYTES) {
            int compressedLength = compress(gathered, 0, length);
            if (compressedLength < length) {
                return with(work, runs, wanted, compressed, 0, compressedLength);
            }
        }
        return with(work, runs, PayloadCompression.NONE, gathered, 0, length);
    }

    /** Lays the bytes of all runs one after the other. */
    private PageRuns gather(BatchWork work) {
        RunList source = work.runs();
        PageRuns runs = new PageRuns(source.size());
        gathered = BatchWork.ensure(gathered, work.rawLength());
        int end = 0;
        for (int run = 0; run < source.size(); run++) {
            PageEncoding encoding = source.encoding(run);
            int length = source.length(run);
            System.arraycopy(work.bytes(encoding), source.offset(run), gathered, end, length);
            end += length;
            runs.add(source.index(run), source.count(run), encoding, length, source.checksum(run));
        }
        return runs;
    }

    private int compress(byte[] bytes, int offset, int length) {
        compressed = BatchWork.ensure(compressed, PayloadCodec.maxCompressedLength(length));
        return codec.compress(wanted, bytes, offset, length, compressed);
    }

    private static PageBatch with(
            BatchWork work, PageRuns runs, PayloadCompression compression, byte[] payload, int offset, int length) {
        PageBatch batch = work.batch();
        return new PageBatch(
                batch.round(),
                batch.block(),
                runs,
                batch.unchanged() + work.unchanged(),
                batch.overflows() + work.overflows(),
                compression,
                payload,
                offset,
                length);
    }
}
