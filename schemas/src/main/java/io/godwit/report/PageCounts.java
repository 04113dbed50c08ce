package io.godwit.report;

/**
 * Pages by encoding; null where the role cannot know.
 *
 * @param unchanged pages that were sent to the transformer but left out of the stream
 */
public record PageCounts(Long normal, Long zero, Long fill, Long xbzrle, Long hash, Long unchanged) {}
