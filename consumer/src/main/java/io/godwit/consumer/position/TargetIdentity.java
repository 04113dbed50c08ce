package io.godwit.consumer.position;

import java.util.Objects;

/**
 * What a position file belongs to.
 *
 * @param migration name of the migration
 * @param stream Kafka's id of the stream topic
 * @param boot id of the kernel's run in which the pages were written: under another one they may have been lost
 * @param lanes lanes of the stream
 * @param stripePages pages a stripe
 * @param totalPages pages of all RAM blocks
 */
public record TargetIdentity(
        String migration, String stream, String boot, int lanes, int stripePages, long totalPages) {
    public TargetIdentity {
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(boot, "boot");
    }
}
