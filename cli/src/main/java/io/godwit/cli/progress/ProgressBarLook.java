package io.godwit.cli.progress;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is drawn over itself: one a phase, the finished ones stay above. */
final class ProgressBarLook implements ProgressLook {
    private static final long MIB = 1 << 20;
    private static final int REFRESH_MILLIS = 250;
    private static final String LINE_START = "\r";

    private final PrintWriter err;
    private final int columns;
    private String phase = "";
    private ProgressBar bar;

    ProgressBarLook(PrintWriter err, int columns) {
        this.err = err;
        this.columns = columns;
    }

    @Override
    public void show(ProgressView view) {
        if (!view.phase().equals(phase)) {
            end();
            phase = view.phase();
            bar = newBar(view);
        }
        bar.maxHint(view.totalBytes() > 0 ? view.totalBytes() : -1);
        bar.stepTo(view.doneBytes());
        bar.setExtraMessage(view.detail());
    }

    @Override
    public void end() {
        if (bar != null) {
            bar.close();
            err.println();
            err.flush();
            bar = null;
        }
    }

    private ProgressBar newBar(ProgressView view) {
        return new ProgressBarBuilder()
                .setTaskName(view.phase())
                .setInitialMax(view.totalBytes() > 0 ? view.totalBytes() : -1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(" MiB", MIB)
                .showSpeed()
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                // One column less than there are: a full line would scroll on some terminals.
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, columns - 1))
                .build();
    }

    private void draw(String line) {
        err.print(LINE_START + line);
        err.flush();
    }
}
