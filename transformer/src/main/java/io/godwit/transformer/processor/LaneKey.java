package io.godwit.transformer.processor;

import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.util.Optional;

/** What the Kafka key {@code migration/lane} says. Immutable. */
public record LaneKey(String migration, int lane) {
    /** Reads a key; empty if it is null or not exactly what {@link Topics#laneKey} writes. */
    public static Optional<LaneKey> tryParse(String key) {
        int slash = key == null ? -1 : key.lastIndexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        try {
            String migration = Topics.checkMigration(key.substring(0, slash));
            int lane = Integer.parseInt(key.substring(slash + 1));
            boolean exact = lane >= 0
                    && lane < Lanes.MAX_LANES
                    && Topics.laneKey(migration, lane).equals(key);
            return exact ? Optional.of(new LaneKey(migration, lane)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            // Neither a name that Topics allows nor a number that fits an int makes a key.
            return Optional.empty();
        }
    }
}
