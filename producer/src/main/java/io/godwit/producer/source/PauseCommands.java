package io.godwit.producer.source;

import io.godwit.producer.precopy.GuestException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's commands that pause and resume a guest. One thread. */
final class PauseCommands {
    private static final Logger LOG = LoggerFactory.getLogger(PauseCommands.class);

    private final ShellCommand pause;
    private final ShellCommand resume;
    private boolean paused;

    PauseCommands(ShellCommand pause, ShellCommand resume) {
        this.pause = pause;
        this.resume = resume;
    }

    /**
     * Pauses the guest.
     *
     * @throws GuestException if the command failed; whether the guest stands still is not known
     */
    void pause() throws GuestException {
        // Before it is run: one that fails may have paused the guest all the same.
        paused = true;
        try {
            pause.run();
        } catch (IOException e) {
            throw new GuestException("the guest could not be paused: the --pause-command " + e.getMessage(), e);
        }
    }

    /** The guest stays paused for good: {@link #resume} has no effect any more. */
    void release() {
        paused = false;
    }

    /** Resumes the guest, if it was paused. */
    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        try {
            resume.run();
        } catch (IOException e) {
            LOG.error("The guest may stand still, resume it by hand: the --resume-command {}", e.getMessage());
        }
    }
}
