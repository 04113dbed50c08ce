package io.godwit.cli.metrics;

import java.util.Locale;
import java.util.Objects;

/**
 * Whether a role does what it is for.
 *
 * @param ready whether it does
 * @param state what it does, in a few words for an operator
 */
public record Readiness(boolean ready, String state) {
    static final Readiness STARTING = new Readiness(false, "starting");

    public Readiness {
        Objects.requireNonNull(state, "state");
    }

    /** With a phase of the role's progress as its state. */
    static Readiness in(Enum<?> phase, boolean ready) {
        return new Readiness(ready, phase.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
}
