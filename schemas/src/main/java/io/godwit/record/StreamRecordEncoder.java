package io.godwit.record;

import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import org.apache.avro.Schema;

/**
 * Writes records in the newest version of the envelope: one array of the exact size a record, the payload copied once.
 *
 * <p>Mirrors {@link StreamRecordDecoder}; both follow {@code StreamRecord.v1.avsc} field by field, and are checked against
 * Avro's own reader and writer. Any thread may call it.
 */
public final class StreamRecordEncoder {
    private static final Schema NEWEST = Schemas.latest(Schemas.STREAM_RECORD);

    private StreamRecordEncoder() {}

    /** Returns {@code record} in Avro's single-object encoding, in an array of its own. */
    public static byte[] encode(StreamRecord record) {
        return encode(record, WireFormat.SINGLE_OBJECT);
    }

    /** Returns {@code record} in {@code format}, in an array of its own. */
    public static byte[] encode(StreamRecord record, WireFormat format) {
        byte[] header = format.header(NEWEST);
        AvroOutput output = new AvroOutput(header.length);
        write(record, output);
        byte[] encoded = output.allocate(header.length);
        System.arraycopy(header, 0, encoded, 0, header.length);
        write(record, output);
        return encoded;
    }

    private static void write(StreamRecord record, AvroOutput output) {
        output.writeString(record.migration());
        output.writeLong(record.attempt());
        output.writeLong(record.lane());
        output.writeLong(record.sequence());
        StreamBody body = record.body();
        if (body instanceof StreamStart start) {
            output.writeLong(StreamRecordDecoder.STREAM_START);
            writeStart(start, output);
        } else if (body instanceof PageBatch batch) {
            output.writeLong(StreamRecordDecoder.PAGE_BATCH);
            writeBatch(batch, output);
        } else if (body instanceof RoundEnd end) {
            output.writeLong(StreamRecordDecoder.ROUND_END);
            output.writeLong(end.round());
        } else if (body instanceof DeviceState state) {
            output.writeLong(StreamRecordDecoder.DEVICE_STATE);
            output.writeLong(state.chunk());
            output.writeBoolean(state.last());
            output.writeBytes(state.bytes(), 0, state.bytes().length);
        } else if (body instanceof EndOfStream end) {
            output.writeLong(StreamRecordDecoder.END_OF_STREAM);
            output.writeLong(end.pages());
            output.writeLong(end.digest());
        } else {
            output.writeLong(StreamRecordDecoder.STREAM_FAILURE);
            output.writeString(((StreamFailure) body).reason());
        }
    }

    private static void writeStart(StreamStart start, AvroOutput output) {
        output.writeString(start.stream());
        output.writeLong(start.manifest().pageSize());
        output.writeLong(start.manifest().blocks().size());
        for (RamBlock block : start.manifest().blocks()) {
            output.writeString(block.id());
            output.writeLong(block.length());
        }
        output.writeLong(0);
        output.writeLong(start.lanes());
        output.writeLong(start.stripePages());
        if (!start.checkpoints().isEmpty()) {
            output.writeLong(start.checkpoints().size());
            start.checkpoints().forEach(output::writeString);
        }
        output.writeLong(0);
        output.writeString(start.source());
        output.writeLong(start.createdMillis());
    }

    private static void writeBatch(PageBatch batch, AvroOutput output) {
        output.writeLong(batch.round());
        output.writeLong(batch.block());
        PageRuns runs = batch.runs();
        if (runs.size() > 0) {
            output.writeLong(runs.size());
            for (int run = 0; run < runs.size(); run++) {
                output.writeLong(runs.index(run));
                output.writeLong(runs.count(run));
                output.writeLong(runs.encoding(run).id());
                output.writeLong(runs.length(run));
                output.writeLong(runs.checksum(run));
            }
        }
        output.writeLong(0);
        output.writeLong(batch.unchanged());
        output.writeLong(batch.overflows());
        output.writeLong(batch.compression().id());
        output.writeBytes(batch.payload(), batch.payloadOffset(), batch.payloadLength());
    }
}
