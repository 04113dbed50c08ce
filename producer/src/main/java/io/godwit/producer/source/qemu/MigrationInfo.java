package io.godwit.producer.source.qemu;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What QEMU says of its migration.
 *
 * @param status as {@code active}; {@code none} where there never was one
 * @param error why it failed; empty where it did not
 * @param remainingBytes of RAM, as of the last dirty sync, less what was sent since
 * @param dirtyBytesPerSecond what the guest dirties, measured by QEMU; 0 before it knows
 * @param throttlePercent what QEMU takes from the guest's running time
 * @param blocked why this guest cannot be migrated at all; empty where it can
 */
record MigrationInfo(
        String status,
        String error,
        long remainingBytes,
        long dirtyBytesPerSecond,
        int throttlePercent,
        String blocked) {

    /** Before QEMU was asked. */
    static final MigrationInfo UNKNOWN = new MigrationInfo("none", "", 0, 0, 0, "");

    /** Reads the answer to {@code query-migrate}. */
    static MigrationInfo of(JsonNode answer) {
        JsonNode ram = answer.path("ram");
        JsonNode blocked = answer.path("blocked-reasons");
        return new MigrationInfo(
                answer.path("status").asText("none"),
                answer.path("error-desc").asText(""),
                ram.path("remaining").asLong(),
                ram.path("dirty-pages-rate").asLong() * ram.path("page-size").asLong(),
                answer.path("cpu-throttle-percentage").asInt(),
                blocked.isArray() && !blocked.isEmpty() ? blocked.get(0).asText() : "");
    }

    /** Whether the migration goes on. */
    boolean isUnderWay() {
        return switch (status) {
            case "none", "completed", "failed", "cancelled" -> false;
            default -> true;
        };
    }

    /** Whether QEMU has sent everything, its guest paused, and waits for the destination's word. */
    boolean isAwaitingDestination() {
        return status.equals("device");
    }
}
