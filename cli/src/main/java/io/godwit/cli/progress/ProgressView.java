package io.godwit.cli.progress;

/**
 * What a role says of itself at one moment.
 *
 * @param phase what it does now, in a few words; empty where there is nothing to show yet
 * @param doneBytes of the phase
 * @param totalBytes of the phase; 0 where there is nothing to measure against
 * @param detail what else an operator wants to see, or empty
 */
public record ProgressView(String phase, long doneBytes, long totalBytes, String detail) {}
