package io.godwit.producer.precopy;

/** Hears of precopy's progress, on the thread that drives it. */
@FunctionalInterface
public interface PrecopyListener {
    /** A round begins, or the guest was paused. */
    void changed(PrecopyState state);
}
