package io.godwit.cli.demo;

import io.godwit.cli.progress.ProgressView;
import java.util.function.Supplier;

/** What a demo does now: set by the demo's thread, read by any. */
final class DemoProgress {
    private volatile Supplier<ProgressView> now = () -> new ProgressView("starting", 0, 0, "broker");

    /** A phase that does not say how far it is. */
    void tell(String phase, String detail) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        ProgressView view = new ProgressView(phase, 0, 0, detail);
        now = () -> view;
    }

    /** A role that is asked how far it is, from now on. */
    void follow(String label, Supplier<ProgressView> role) {
        now = () -> {
            ProgressView view = role.get();
            return new ProgressView(label + view.phase(), view.doneBytes(), view.totalBytes(), view.detail());
        };
    }

    ProgressView view() {
        return now.get();
    }
}
