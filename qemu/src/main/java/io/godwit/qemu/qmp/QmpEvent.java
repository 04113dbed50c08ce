package io.godwit.qemu.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;

/**
 * Something that QEMU tells unasked.
 *
 * @param name as {@code STOP}
 * @param data what is told; an empty object where there is nothing
 * @param atMicros when it happened, by the clock of QEMU's host: microseconds since the epoch
 */
public record QmpEvent(String name, JsonNode data, long atMicros) {
    public QmpEvent {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(data, "data");
    }
}
