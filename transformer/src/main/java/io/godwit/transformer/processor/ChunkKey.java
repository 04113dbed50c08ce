package io.godwit.transformer.processor;

import io.godwit.record.CheckpointChunk;
import java.util.Optional;

/** What the Kafka key of a checkpoint's chunk says. Immutable. */
record ChunkKey(String checkpoint, int chunk) {
    /** Reads a key; empty if it is null or not as {@link CheckpointChunk#key} writes it. */
    static Optional<ChunkKey> tryParse(String key) {
        int slash = key == null ? -1 : key.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        try {
            String checkpoint = key.substring(0, slash);
            int chunk = Integer.parseInt(key.substring(slash + 1));
            boolean exact = CheckpointChunk.key(checkpoint, chunk).equals(key);
            return exact ? Optional.of(new ChunkKey(checkpoint, chunk)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
