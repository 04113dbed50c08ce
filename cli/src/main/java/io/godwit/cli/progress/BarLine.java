package io.godwit.cli.progress;

import io.godwit.cli.text.Sizes;

/** A view as one line of a terminal: {@code round 1 [#####.....] 50 % of 1.00 GiB, 512 MiB fetched}. */
final class BarLine {
    private static final int BAR_LENGTH = 24;

    private BarLine() {}

    /** The line, exactly {@code length} characters long: it covers what was drawn before. */
    static String of(ProgressView view, int length) {
        StringBuilder line = new StringBuilder(view.phase());
        if (view.totalBytes() > 0) {
            appendBar(line, view);
        }
        if (!view.detail().isEmpty()) {
            line.append(", ").append(view.detail());
        }
        line.append(" ".repeat(Math.max(0, length - line.length())));
        return line.substring(0, length);
    }

    private static void appendBar(StringBuilder line, ProgressView view) {
        double done = Math.min(1, Math.max(0, view.doneBytes() / (double) view.totalBytes()));
        int filled = (int) (done * BAR_LENGTH);
        line.append(" [")
                .append("#".repeat(filled))
                .append(".".repeat(BAR_LENGTH - filled))
                .append("] ")
                .append((int) (done * 100))
                .append(" % of ")
                .append(Sizes.format(view.totalBytes()));
    }
}
