package io.godwit.record;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Reads records of every version of the envelope. A record of the newest version is read in place: the payload of a batch
 * is a slice of the bytes given, never copied. Other versions are resolved by Avro's own reader first.
 *
 * <p>Rejects, never guesses: every length is bounded before it is used, and all input must be consumed. Any thread may call
 * it.
 */
public final class StreamRecordDecoder {
    static final int STREAM_START = 0;
    static final int PAGE_BATCH = 1;
    static final int ROUND_END = 2;
    static final int DEVICE_STATE = 3;
    static final int END_OF_STREAM = 4;
    static final int STREAM_FAILURE = 5;

    private static final int MAX_NAME_BYTES = 1024;
    private static final int MAX_REASON_BYTES = 64 << 10;

    private final Schema newest;
    private final VersionReader versions;
    private final WireFormat format;

    /** Reads every version in {@link Schemas#STREAM_RECORD}, in Avro's single-object encoding. */
    public StreamRecordDecoder() {
        this(WireFormat.SINGLE_OBJECT);
    }

    /**
     * Reads every version in {@link Schemas#STREAM_RECORD}, and those that a registry knows beside them.
     *
     * @param format whose registry tells what the numbers of schemas stand for
     */
    public StreamRecordDecoder(WireFormat format) {
        this(Schemas.STREAM_RECORD, format);
    }

    /** Reads the versions given; the last one must be the newest. */
    StreamRecordDecoder(List<Schema> versions, WireFormat format) {
        newest = Schemas.latest(versions);
        this.versions = new VersionReader("record", versions);
        this.format = format;
    }

    /**
     * Reads the record in {@code input[offset .. offset + length - 1]}.
     *
     * @return the record; the payload of a {@link PageBatch} lies in {@code input} where its version is the newest
     * @throws MalformedRecordException if the bytes are not a whole record of a known version
     */
    @SuppressWarnings(
            "ReferenceEquality") // schemas of equal bytes are one instance here, and this is done for every batch
    public StreamRecord decode(byte[] input, int offset, int length) throws MalformedRecordException {
        Schema writer = versions.writer(input, offset, length, format);
        AvroInput body;
        // However the header named it: a registry's schema was exchanged for the released one.
        if (writer == newest) {
            int header = WireFormat.headerBytes(input, offset, length);
            body = new AvroInput(input, offset + header, length - header);
        } else {
            byte[] resolved = resolve(writer, input, offset, length);
            body = new AvroInput(resolved, 0, resolved.length);
        }
        StreamRecord record;
        try {
            record = read(body);
        } catch (IllegalArgumentException e) {
            // The value types check themselves; here their refusal means bad data, not a caller's mistake.
            throw new MalformedRecordException(e.getMessage(), e);
        }
        body.checkEnd();
        if (record.body() instanceof PageBatch batch) {
            batch.checkShape();
        }
        return record;
    }

    /** Reads the record that fills {@code input}. */
    public StreamRecord decode(byte[] input) throws MalformedRecordException {
        return decode(input, 0, input.length);
    }

    private byte[] resolve(Schema writer, byte[] input, int offset, int length) throws MalformedRecordException {
        GenericRecord value = versions.read(writer, input, offset, length);
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(newest).write(value, encoder);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be written", e);
        }
    }

    private static StreamRecord read(AvroInput input) throws MalformedRecordException {
        String migration = input.readString("migration", MAX_NAME_BYTES);
        Topics.checkMigration(migration);
        int attempt = input.readInt("attempt", 1, Integer.MAX_VALUE);
        int lane = input.readInt("lane", 0, Lanes.MAX_LANES - 1);
        long sequence = input.readLong("sequence");
        int branch = input.readInt("body", STREAM_START, STREAM_FAILURE);
        StreamBody body =
                switch (branch) {
                    case STREAM_START -> readStart(input);
                    case PAGE_BATCH -> readBatch(input);
                    case ROUND_END -> new RoundEnd(input.readInt("round", 1, Integer.MAX_VALUE));
                    case DEVICE_STATE -> readDeviceState(input);
                    case END_OF_STREAM -> new EndOfStream(input.readLong("pages"), input.readLong("digest"));
                    default -> new StreamFailure(input.readString("reason", MAX_REASON_BYTES));
                };
        return new StreamRecord(migration, attempt, lane, sequence, body);
    }

    private static StreamStart readStart(AvroInput input) throws MalformedRecordException {
        String stream = input.readString("stream", MAX_NAME_BYTES);
        int pageSize = input.readInt("pageSize");
        List<RamBlock> blocks = new ArrayList<>();
        int count = input.readArrayBlock("blocks", Manifest.MAX_BLOCKS);
        while (count > 0) {
            for (int item = 0; item < count; item++) {
                blocks.add(new RamBlock(
                        input.readString("block id", RamBlock.MAX_ID_BYTES), input.readLong("block length")));
            }
            count = input.readArrayBlock("blocks", Manifest.MAX_BLOCKS - blocks.size());
        }
        int lanes = input.readInt("lanes", 1, Lanes.MAX_LANES);
        int stripePages = input.readInt("stripePages", 1, Integer.MAX_VALUE);
        List<String> checkpoints = new ArrayList<>();
        count = input.readArrayBlock("checkpoints", StreamStart.MAX_CHECKPOINTS);
        while (count > 0) {
            for (int item = 0; item < count; item++) {
                checkpoints.add(input.readString("checkpoint", MAX_NAME_BYTES));
            }
            count = input.readArrayBlock("checkpoints", StreamStart.MAX_CHECKPOINTS - checkpoints.size());
        }
        String source = input.readString("source", MAX_NAME_BYTES);
        long createdMillis = input.readLong("createdMillis");
        return new StreamStart(
                stream, new Manifest(pageSize, blocks), lanes, stripePages, checkpoints, source, createdMillis);
    }

    private static PageBatch readBatch(AvroInput input) throws MalformedRecordException {
        int round = input.readInt("round");
        int block = input.readInt("block");
        int count = input.readArrayBlock("runs", PageRuns.MAX_RUNS);
        PageRuns runs = new PageRuns(count);
        while (count > 0) {
            for (int item = 0; item < count; item++) {
                runs.add(
                        input.readLong("run index"),
                        input.readInt("run count"),
                        PageEncoding.ofId(input.readInt("run encoding")),
                        input.readInt("run length"),
                        input.readLong("run checksum"));
            }
            count = input.readArrayBlock("runs", PageRuns.MAX_RUNS - runs.size());
        }
        int unchanged = input.readInt("unchanged");
        int overflows = input.readInt("overflows");
        PayloadCompression compression = PayloadCompression.ofId(input.readInt("compression"));
        int length = input.skipBytes("payload", Topics.MAX_RECORD_BYTES);
        return new PageBatch(
                round,
                block,
                runs,
                unchanged,
                overflows,
                compression,
                input.array(),
                input.position() - length,
                length);
    }

    private static DeviceState readDeviceState(AvroInput input) throws MalformedRecordException {
        int chunk = input.readInt("chunk", 0, Integer.MAX_VALUE);
        boolean last = input.readBoolean("last");
        int length = input.skipBytes("bytes", DeviceState.MAX_BYTES);
        int end = input.position();
        return new DeviceState(chunk, last, Arrays.copyOfRange(input.array(), end - length, end));
    }
}
