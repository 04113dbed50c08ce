package io.godwit.record;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Records of every kind, and what Avro's own generic classes say of them. */
final class StreamRecords {
    private static final List<PageEncoding> ENCODINGS = List.of(PageEncoding.values());

    private StreamRecords() {}

    /** Records of every kind, small and large, with numbers at the ends of their ranges. */
    static List<StreamRecord> all() {
        List<StreamRecord> records = new ArrayList<>();
        for (StreamBody body : bodies()) {
            records.add(new StreamRecord("vm-1.blue_2", 1, 0, 0, body));
            records.add(new StreamRecord("m".repeat(235), Integer.MAX_VALUE, 1023, Long.MAX_VALUE, body));
        }
        return records;
    }

    private static List<StreamBody> bodies() {
        Manifest oneBlock = new Manifest(4096, List.of(new RamBlock("pc.ram", 4096)));
        Manifest blocks = new Manifest(
                512,
                List.of(
                        new RamBlock("/rom@etc/acpi/rsdp", 512),
                        new RamBlock("0000:00:02.0/vga.vram", 16 << 20),
                        new RamBlock("héap ✓", 512L << 30)));
        RandomGenerator random = new SplittableRandom(7);
        return List.of(
                new StreamStart("", oneBlock, 1, 1, List.of(), "", 0),
                new StreamStart(
                        "x".repeat(22),
                        blocks,
                        1024,
                        512,
                        List.of("ba5e".repeat(16), "da12".repeat(16)),
                        "ram-dir",
                        Long.MAX_VALUE),
                batch(random, 0, PayloadCompression.NONE),
                batch(random, 1, PayloadCompression.NONE),
                batch(random, 64, PayloadCompression.LZ4),
                batch(random, 300, PayloadCompression.ZSTD),
                new RoundEnd(1),
                new RoundEnd(Integer.MAX_VALUE),
                new DeviceState(0, false, new byte[0]),
                new DeviceState(Integer.MAX_VALUE, true, bytes(random, 1000)),
                new EndOfStream(0, 0),
                new EndOfStream(Long.MAX_VALUE, Long.MIN_VALUE),
                new StreamFailure("record 17 of godwit.pages-3 has the unknown schema fingerprint é"));
    }

    /** A batch of {@code size} runs of random shape. Where it is compressed its payload is random, as no one looks inside. */
    static PageBatch batch(RandomGenerator random, int size, PayloadCompression compression) {
        PageRuns runs = new PageRuns(1);
        long index = 0;
        for (int run = 0; run < size; run++) {
            index += random.nextInt(1, 3000);
            PageEncoding encoding = ENCODINGS.get(random.nextInt(ENCODINGS.size()));
            int count = encoding == PageEncoding.XBZRLE ? 1 : random.nextInt(1, 5);
            int length =
                    switch (encoding) {
                        case NORMAL -> count * 512;
                        case ZERO -> 0;
                        case FILL -> 1;
                        case XBZRLE -> random.nextInt(1, 513);
                        case HASH -> count * 32;
                    };
            runs.add(index, count, encoding, length, random.nextLong());
            index += count;
        }
        int payload = compression == PayloadCompression.NONE ? (int) runs.payloadBytes() : random.nextInt(500);
        // The payload lies somewhere in a larger array, as one that was read does.
        byte[] array = bytes(random, 3 + payload + 5);
        return new PageBatch(3, 1, runs, random.nextInt(65), random.nextInt(65), compression, array, 3, payload);
    }

    static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What Avro's generic writer takes for {@code record}, and its generic reader gives, in any version that has the fields. */
    static GenericRecord generic(Schema schema, StreamRecord record) {
        GenericRecord generic = new GenericData.Record(schema);
        generic.put("migration", record.migration());
        generic.put("attempt", record.attempt());
        generic.put("lane", record.lane());
        generic.put("sequence", record.sequence());
        generic.put("body", generic(schema.getField("body").schema().getTypes(), record.body()));
        return generic;
    }

    private static GenericRecord generic(List<Schema> union, StreamBody body) {
        if (body instanceof StreamStart start) {
            return start(union.get(0), start);
        }
        if (body instanceof PageBatch batch) {
            return batch(union.get(1), batch);
        }
        if (body instanceof RoundEnd end) {
            return record(union.get(2), end.round());
        }
        if (body instanceof DeviceState state) {
            return record(union.get(3), state.chunk(), state.last(), ByteBuffer.wrap(state.bytes()));
        }
        if (body instanceof EndOfStream end) {
            return record(union.get(4), end.pages(), end.digest());
        }
        return record(union.get(5), ((StreamFailure) body).reason());
    }

    private static GenericRecord start(Schema schema, StreamStart start) {
        Schema block = schema.getField("blocks").schema().getElementType();
        return record(
                schema,
                start.stream(),
                start.manifest().pageSize(),
                start.manifest().blocks().stream()
                        .map(each -> record(block, each.id(), each.length()))
                        .toList(),
                start.lanes(),
                start.stripePages(),
                start.checkpoints(),
                start.source(),
                start.createdMillis());
    }

    private static GenericRecord batch(Schema schema, PageBatch batch) {
        GenericRecord generic = new GenericData.Record(schema);
        Schema run = schema.getField("runs").schema().getElementType();
        List<GenericRecord> runs = new ArrayList<>();
        for (int each = 0; each < batch.runs().size(); each++) {
            runs.add(record(
                    run,
                    batch.runs().index(each),
                    batch.runs().count(each),
                    symbol(run, "encoding", batch.runs().encoding(each)),
                    batch.runs().length(each),
                    batch.runs().checksum(each)));
        }
        generic.put("round", batch.round());
        generic.put("block", batch.block());
        generic.put("runs", runs);
        if (schema.getField("unchanged") != null) {
            generic.put("unchanged", batch.unchanged());
            generic.put("overflows", batch.overflows());
        }
        generic.put("compression", symbol(schema, "compression", batch.compression()));
        generic.put("payload", ByteBuffer.wrap(batch.payload(), batch.payloadOffset(), batch.payloadLength()));
        return generic;
    }

    private static GenericData.EnumSymbol symbol(Schema record, String field, Enum<?> value) {
        return new GenericData.EnumSymbol(record.getField(field).schema(), value.name());
    }

    private static GenericRecord record(Schema schema, Object... values) {
        GenericRecord generic = new GenericData.Record(schema);
        for (int field = 0; field < values.length; field++) {
            generic.put(field, values[field]);
        }
        return generic;
    }
}
