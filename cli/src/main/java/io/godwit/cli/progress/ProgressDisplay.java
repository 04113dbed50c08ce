package io.godwit.cli.progress;

import io.godwit.cli.log.LogFormat;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Shows the progress of a command while it works. */
public final class ProgressDisplay {
    /** Set by the launcher where stderr is a terminal: its width. */
    private static final String COLUMNS = "godwit.terminal.columns";

    private static final long LOOK_MILLIS = 250;

    private final Supplier<ProgressView> views;
    private final ProgressLook look;
    private final Thread thread;

    private ProgressDisplay(Supplier<ProgressView> views, ProgressLook look) {
        this.views = views;
        this.look = look;
        thread = new Thread(this::show, "progress");
        thread.setDaemon(true);
    }

    /**
     * Does {@code work}, and shows how far it is until it is done.
     *
     * @param name what a plain line begins with
     * @param views snapshots of the work; called by another thread
     */
    public static <T> T during(PrintWriter err, String name, Supplier<ProgressView> views, Callable<T> work)
            throws Exception {
        if (LogFormat.isJson()) {
            // Who collects logs has metrics for that.
            return work.call();
        }
        int columns = Integer.getInteger(COLUMNS, 0);
        ProgressLook look =
                columns > 0 ? new ProgressBarLook(err, columns) : new ProgressLineLook(err, name, System::nanoTime);
        ProgressDisplay display = new ProgressDisplay(views, look);
        display.thread.start();
        try {
            return work.call();
        } finally {
            display.end();
        }
    }

    /** Nothing is written after this. */
    private void end() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        look.end();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void show() {
        try {
            while (true) {
                ProgressView view = views.get();
                if (!view.phase().isEmpty()) {
                    look.show(view);
                }
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            // The work is done.
        }
    }
}
