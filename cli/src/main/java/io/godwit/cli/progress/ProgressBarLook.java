package io.godwit.cli.progress;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A line that is drawn over itself, with a bar where there is something to measure: one a phase, the finished ones stay. */
final class ProgressBarLook implements ProgressLook {
    private static final int REFRESH_MILLIS = 250;
    private static final String LINE_START = "\r";

    private final PrintWriter err;
    private final int columns;
    private volatile ProgressView view;
    private ProgressBar bar;

    ProgressBarLook(PrintWriter err, int columns) {
        this.err = err;
        this.columns = columns;
    }

    @Override
    public void show(ProgressView newView) {
        if (bar == null || !newView.phase().equals(view.phase())) {
            end();
            view = newView;
            bar = newBar();
        }
        view = newView;
        bar.stepTo(newView.doneBytes());
    }

    @Override
    public void end() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.println();
            err.flush();
        }
    }

    private ProgressBar newBar() {
        return new ProgressBarBuilder()
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                .setRenderer((state, length) -> BarLine.of(view, length))
                // One column less than there are: a full line would scroll on some terminals.
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, columns - 1))
                .build();
    }

    private void draw(String line) {
        err.print(LINE_START + line);
        err.flush();
    }
}
