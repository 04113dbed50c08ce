package io.godwit.report;

/**
 * What {@code send} and {@code receive} report at their end.
 *
 * @param role {@code send} or {@code receive}
 * @param status how it ended, in one word
 * @param rounds rounds sent or applied
 * @param downtimeMillis how long the guest was paused; null where the role cannot know
 * @param verified whether all digests matched; null where the role does not verify
 * @param digest sum of the lanes' digests mod 2^64, 16 hex digits; null where the stream did not end
 */
public record RoleReport(
        String migration,
        String role,
        String status,
        int rounds,
        PageCounts pages,
        ByteCounts bytes,
        long durationMillis,
        Long downtimeMillis,
        Boolean verified,
        String digest) {}
