package io.godwit.directory;

import io.godwit.record.MalformedRecordException;
import io.godwit.record.RecordCodec;
import io.godwit.record.Schemas;
import io.godwit.record.WireFormat;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** The directory's entries as bytes. Any thread may call it. */
public final class MigrationStatusCodec {
    private static final RecordCodec CODEC = new RecordCodec("migration status", Schemas.MIGRATION_STATUS);

    private MigrationStatusCodec() {}

    /** Encodes an entry in Avro's single-object encoding. */
    public static byte[] encode(MigrationStatus status) {
        return encode(status, WireFormat.SINGLE_OBJECT);
    }

    /** Encodes an entry. */
    public static byte[] encode(MigrationStatus status, WireFormat format) {
        GenericRecord value = new GenericData.Record(CODEC.schema());
        value.put("migration", status.migration());
        value.put("attempt", status.attempt());
        value.put(
                "state",
                new GenericData.EnumSymbol(
                        CODEC.schema().getField("state").schema(),
                        status.state().name()));
        value.put("agent", status.agent());
        value.put("stream", status.stream());
        value.put("lane", status.lane());
        value.put("round", status.round());
        value.put("totals", status.totals() == null ? null : encodeTotals(status.totals()));
        value.put("lanes", status.lanes());
        value.put("guestBytes", status.guestBytes());
        value.put("source", status.source());
        value.put("reason", status.reason());
        value.put("target", status.target());
        value.put(
                "handover",
                new GenericData.EnumSymbol(
                        CODEC.schema().getField("handover").schema(),
                        status.handover().name()));
        value.put("atMillis", status.atMillis());
        return CODEC.encode(value, format);
    }

    /**
     * Decodes an entry in Avro's single-object encoding.
     *
     * @throws MalformedRecordException as {@link #decode(byte[], WireFormat)}
     */
    public static MigrationStatus decode(byte[] bytes) throws MalformedRecordException {
        return decode(bytes, WireFormat.SINGLE_OBJECT);
    }

    /**
     * Decodes an entry in either format.
     *
     * @param format whose registry tells what the numbers of schemas stand for
     * @throws MalformedRecordException if the bytes are not an entry of a known version
     */
    public static MigrationStatus decode(byte[] bytes, WireFormat format) throws MalformedRecordException {
        GenericRecord value = CODEC.decode(bytes, format);
        return new MigrationStatus(
                value.get("migration").toString(),
                (int) value.get("attempt"),
                MigrationState.valueOf(value.get("state").toString()),
                value.get("agent").toString(),
                value.get("stream").toString(),
                (int) value.get("lane"),
                (int) value.get("round"),
                value.get("totals") instanceof GenericRecord totals ? decodeTotals(totals) : null,
                (int) value.get("lanes"),
                (long) value.get("guestBytes"),
                value.get("source").toString(),
                value.get("reason").toString(),
                value.get("target").toString(),
                Handover.valueOf(value.get("handover").toString()),
                (long) value.get("atMillis"));
    }

    private static GenericRecord encodeTotals(LaneTotals totals) {
        GenericRecord value = new GenericData.Record(
                CODEC.schema().getField("totals").schema().getTypes().get(1));
        value.put("normal", totals.normal());
        value.put("zero", totals.zero());
        value.put("fill", totals.fill());
        value.put("xbzrle", totals.xbzrle());
        value.put("hash", totals.hash());
        value.put("unchanged", totals.unchanged());
        value.put("payloadBytes", totals.payloadBytes());
        value.put("wireBytes", totals.wireBytes());
        return value;
    }

    private static LaneTotals decodeTotals(GenericRecord value) {
        return new LaneTotals(
                (long) value.get("normal"),
                (long) value.get("zero"),
                (long) value.get("fill"),
                (long) value.get("xbzrle"),
                (long) value.get("hash"),
                (long) value.get("unchanged"),
                (long) value.get("payloadBytes"),
                (long) value.get("wireBytes"));
    }
}
