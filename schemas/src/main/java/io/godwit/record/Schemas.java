package io.godwit.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/** The Avro schemas of the contract: every version that was ever released, oldest first. */
public final class Schemas {
    /** Versions of the envelope; the last one is written. */
    public static final List<Schema> STREAM_RECORD = versions("StreamRecord", 1);
    /** Versions of the directory's entries; the last one is written. */
    public static final List<Schema> MIGRATION_STATUS = versions("MigrationStatus", 2);
    /** Versions of the dead letters; the last one is written. */
    public static final List<Schema> DEAD_LETTER = versions("DeadLetter", 1);
    /** Versions of the checkpoints' page hashes; the last one is written. */
    public static final List<Schema> CHECKPOINT_CHUNK = versions("CheckpointChunk", 1);
    /** Versions of the checkpoints' names; the last one is written. */
    public static final List<Schema> CHECKPOINT_ENTRY = versions("CheckpointEntry", 1);

    private Schemas() {}

    /** The version that this release writes. */
    public static Schema latest(List<Schema> versions) {
        return versions.get(versions.size() - 1);
    }

    /** The released schema that describes the same bytes as {@code schema}, or {@code schema} itself where none does. */
    static Schema released(Schema schema) {
        long fingerprint = SingleObjectHeader.fingerprint(schema);
        return Stream.of(STREAM_RECORD, MIGRATION_STATUS, DEAD_LETTER, CHECKPOINT_CHUNK, CHECKPOINT_ENTRY)
                .flatMap(List::stream)
                .filter(released -> SingleObjectHeader.fingerprint(released) == fingerprint)
                .findFirst()
                .orElse(schema);
    }

    private static List<Schema> versions(String name, int newest) {
        return IntStream.rangeClosed(1, newest)
                .mapToObj(version -> load(name + ".v" + version + ".avsc"))
                .toList();
    }

    private static Schema load(String file) {
        try (InputStream in = Schemas.class.getResourceAsStream("/io/godwit/avro/" + file)) {
            if (in == null) {
                throw new IllegalStateException("schema " + file + " is missing from the jar");
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException("schema " + file + " cannot be read", e);
        }
    }
}
