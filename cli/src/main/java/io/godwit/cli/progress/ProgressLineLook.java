package io.godwit.cli.progress;

import io.godwit.cli.text.Sizes;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Plain lines, for logs: one when there is something new to say, a new phase soon, a step within a phase now and then. */
final class ProgressLineLook implements ProgressLook {
    private static final long PHASE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final PrintWriter err;
    private final String name;
    private final LongSupplier nanoClock;
    private String lastLine = "";
    private String lastPhase = "";
    private long lastNanos;

    ProgressLineLook(PrintWriter err, String name, LongSupplier nanoClock) {
        this.err = err;
        this.name = name;
        this.nanoClock = nanoClock;
    }

    @Override
    public void show(ProgressView view) {
        String line = line(view);
        long now = nanoClock.getAsLong();
        long gap = view.phase().equals(lastPhase) ? STEP_NANOS : PHASE_NANOS;
        if (lastLine.isEmpty() || (!line.equals(lastLine) && now - lastNanos >= gap)) {
            lastLine = line;
            lastPhase = view.phase();
            lastNanos = now;
            err.println(name + ": " + line);
            err.flush();
        }
    }

    @Override
    public void end() {
        // The last line says where it was; what came of it is the command's to print.
    }

    private static String line(ProgressView view) {
        StringBuilder line = new StringBuilder(view.phase());
        if (view.totalBytes() > 0) {
            line.append(", ")
                    .append(Sizes.format(view.doneBytes()))
                    .append(" of ")
                    .append(Sizes.format(view.totalBytes()));
        }
        return view.detail().isEmpty()
                ? line.toString()
                : line.append(", ").append(view.detail()).toString();
    }
}
