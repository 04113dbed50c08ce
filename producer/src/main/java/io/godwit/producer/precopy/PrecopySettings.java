package io.godwit.producer.precopy;

import java.time.Duration;

/**
 * What an operator sets of precopy.
 *
 * @param downtimeLimit how long the guest may stand still for its last pages, positive
 * @param autoConverge whether a guest that outruns the pipe is throttled
 */
public record PrecopySettings(Duration downtimeLimit, boolean autoConverge) {
    /** QEMU's default. */
    public static final Duration DEFAULT_DOWNTIME_LIMIT = Duration.ofMillis(300);

    public PrecopySettings {
        if (downtimeLimit.isZero() || downtimeLimit.isNegative()) {
            throw new IllegalArgumentException("downtime limit " + downtimeLimit.toMillis() + " ms is not positive");
        }
    }
}
