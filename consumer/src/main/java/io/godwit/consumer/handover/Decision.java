package io.godwit.consumer.handover;

import java.util.Objects;

/**
 * Who has the guest.
 *
 * @param reason for an operator, in one line: who has the guest, and what can be done
 */
public record Decision(Verdict verdict, String reason) {
    /** What a target is to do. */
    public enum Verdict {
        /** The guest is this target's: it continues it, and nobody else does. */
        OWN,
        /** The guest was another target's before this one began: what this one has is a copy. */
        COPY,
        /** Another target was faster. */
        LOST,
        /** The guest stayed at its source. */
        WITHDRAWN,
        /** The target was told to stop before it was decided. */
        STOPPED
    }

    public Decision {
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(reason, "reason");
    }
}
