package io.godwit.record;

import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/** Entries of the directory as the first version wrote them. */
final class FirstStatus {
    static final RecordCodec CODEC = new RecordCodec("entry", List.of(Schemas.MIGRATION_STATUS.get(0)));

    private FirstStatus() {}

    /** Attempt 3 of migration {@code vm} was sent by {@code agent} in 4 lanes. */
    static byte[] sent(WireFormat format) {
        GenericRecord entry = new GenericRecordBuilder(CODEC.schema())
                .set("migration", "vm")
                .set("attempt", 3)
                .set(
                        "state",
                        new GenericData.EnumSymbol(
                                CODEC.schema().getField("state").schema(), "SENT"))
                .set("agent", "agent")
                .set("lanes", 4)
                .set("atMillis", 5L)
                .build();
        return CODEC.encode(entry, format);
    }
}
