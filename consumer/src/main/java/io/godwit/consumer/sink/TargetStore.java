package io.godwit.consumer.sink;

import io.godwit.record.StreamBody.StreamStart;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Where a target is kept: opens what is left of it, or makes it. One thread at a time. */
public interface TargetStore extends AutoCloseable {
    /**
     * Opens what an earlier receiver left.
     *
     * @param stream Kafka's id of the stream topic
     * @return empty where there is nothing, or nothing to be relied on
     * @throws TargetException if it is of another stream, or cannot be gone on with
     */
    Optional<OpenTarget> resume(String stream) throws TargetException, IOException;

    /**
     * Makes the target for a migration that begins: all pages zero, no lane applied. Replaces what {@link #resume} did not
     * rely on.
     *
     * @param start what the stream says of itself
     * @throws TargetException before anything is written, if there is no room or the stream asks for what cannot be
     */
    OpenTarget create(StreamStart start) throws TargetException, IOException;

    /** Ids that {@link #keepCheckpoints} was last given, by an earlier receiver too; empty where it was not. */
    default Set<String> checkpoints() throws IOException {
        return Set.of();
    }

    /**
     * Remembers which checkpoints the pages are of that come as hashes: a receiver that goes on in mid-stream does not read its
     * start again. To be called once there is a target.
     */
    default void keepCheckpoints(Set<String> ids) throws IOException {}

    /** Lets other receivers in. */
    @Override
    void close() throws IOException;
}
