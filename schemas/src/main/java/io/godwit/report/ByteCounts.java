package io.godwit.report;

/**
 * Bytes; null where the role cannot know.
 *
 * @param guest bytes of the pages handled
 * @param payload bytes of the pages' encodings, before compression
 * @param wire bytes that the stream topic grew by, or that were fetched from it
 */
public record ByteCounts(Long guest, Long payload, Long wire) {}
