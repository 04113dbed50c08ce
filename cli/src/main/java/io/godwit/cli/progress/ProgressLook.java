package io.godwit.cli.progress;

/** One way to show progress. Called by one thread at a time. */
interface ProgressLook {
    void show(ProgressView view);

    void end();
}
