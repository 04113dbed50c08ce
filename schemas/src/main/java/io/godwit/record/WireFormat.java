package io.godwit.record;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * How records tell the schema that they were written with: by what stands in front of the same body.
 *
 * <table>
 * <caption>Formats</caption>
 * <tr><th>format</th><th>first bytes</th><th>schema told by</th><th>written</th><th>read</th></tr>
 * <tr><td>Avro's single-object encoding</td><td>C3 01</td><td>fingerprint</td><td>without a registry</td><td>always</td></tr>
 * <tr><td>Confluent's</td><td>00</td><td>number in a registry</td><td>with a registry</td><td>with a registry</td></tr>
 * </table>
 *
 * <p>Numbers are asked for once, schemas once each. Any thread may call it.
 */
public final class WireFormat {
    /** Without a registry: what a fingerprint stands for is in this jar. */
    public static final WireFormat SINGLE_OBJECT = new WireFormat(Optional.empty());

    private final Optional<SchemaRegistry> registry;
    /** By the schema that is written. */
    private final Map<Schema, byte[]> headers = new ConcurrentHashMap<>();
    /** By number in the registry. */
    private final Map<Integer, Schema> writers = new ConcurrentHashMap<>();

    private WireFormat(Optional<SchemaRegistry> registry) {
        this.registry = registry;
    }

    /** Confluent's, with the schemas of a registry. */
    public static WireFormat of(SchemaRegistry registry) {
        return new WireFormat(Optional.of(Objects.requireNonNull(registry, "registry")));
    }

    /**
     * Asks the registry, where there is one, for what writing a record needs: it is not needed any more for that.
     *
     * @param versions of the record; the last one is written
     */
    public void prepare(List<Schema> versions) {
        header(Schemas.latest(versions));
    }

    /** Whether {@code value} is in Confluent's format, and there is no registry that would tell its schema. */
    public boolean lacksRegistryFor(byte[] value) {
        return registry.isEmpty() && ConfluentHeader.isAt(value, 0, value.length);
    }

    /** Whether {@code value} begins as this format has the newest of {@code versions} begin. */
    public boolean isWrittenAs(List<Schema> versions, byte[] value) {
        byte[] header = header(Schemas.latest(versions));
        return value.length >= header.length && Arrays.equals(header, 0, header.length, value, 0, header.length);
    }

    /** What stands in front of a record of {@code schema}; not to be changed. */
    byte[] header(Schema schema) {
        // Two threads may make the same header; none waits in the map for what a registry takes its time for.
        byte[] known = headers.get(schema);
        if (known == null) {
            known = registry.map(asked -> ConfluentHeader.of(asked.id(schema.getFullName(), schema.toString())))
                    .orElseGet(() -> SingleObjectHeader.of(schema));
            headers.put(schema, known);
        }
        return known;
    }

    /** Length of the header that begins at {@code offset}, which was found to be one. */
    static int headerBytes(byte[] input, int offset, int length) {
        return ConfluentHeader.isAt(input, offset, length) ? ConfluentHeader.BYTES : SingleObjectHeader.BYTES;
    }

    /**
     * The schema that a number stands for: the released one where it is one of those.
     *
     * @param record for messages
     * @throws MalformedRecordException if the registry knows no such Avro schema, or there is no registry
     */
    Schema writer(String record, int id) throws MalformedRecordException {
        Schema known = writers.get(id);
        if (known != null) {
            return known;
        }
        SchemaRegistry asked = registry.orElseThrow(
                () -> new MalformedRecordException(record + " is in Confluent's wire format (schema id " + id
                        + "), which cannot be read without a registry: give --schema-registry, as its writer did"));
        String text = asked.schema(id)
                .orElseThrow(
                        () -> new MalformedRecordException(record + " has schema id " + id + ", which the registry "
                                + asked.name() + " does not know: was it written with another registry?"));
        Schema schema = Schemas.released(parse(record, id, text));
        writers.put(id, schema);
        return schema;
    }

    private static Schema parse(String record, int id, String text) throws MalformedRecordException {
        try {
            return new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw new MalformedRecordException(
                    record + " has schema id " + id + ", which is not a schema of Avro: " + e.getMessage(), e);
        }
    }
}
