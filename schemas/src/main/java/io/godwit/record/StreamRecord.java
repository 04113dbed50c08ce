package io.godwit.record;

import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.util.Objects;

/**
 * The one envelope of the ingress and of every stream.
 *
 * @param migration name of the migration
 * @param attempt from 1
 * @param lane from 0
 * @param sequence the record's number in its lane and attempt, from 0, without holes
 */
public record StreamRecord(String migration, int attempt, int lane, long sequence, StreamBody body) {
    public StreamRecord {
        Topics.checkMigration(migration);
        Objects.requireNonNull(body, "body");
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt " + attempt + " is not positive");
        }
        if (lane < 0 || lane >= Lanes.MAX_LANES) {
            throw new IllegalArgumentException("lane " + lane + " is not in 0.." + (Lanes.MAX_LANES - 1));
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence " + sequence + " is negative");
        }
    }

    /** The same place in the stream with another body. */
    public StreamRecord withBody(StreamBody newBody) {
        return new StreamRecord(migration, attempt, lane, sequence, newBody);
    }

    /** For messages: {@code migration vm1, attempt 1, lane 2, sequence 17}. */
    public String place() {
        return "migration " + migration + ", attempt " + attempt + ", lane " + lane + ", sequence " + sequence;
    }
}
