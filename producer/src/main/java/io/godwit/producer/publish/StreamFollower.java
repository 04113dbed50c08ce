package io.godwit.producer.publish;

/** Knows how far the transformer has carried on what a pipeline has stored. */
@FunctionalInterface
public interface StreamFollower {
    /** Takes whatever is stored for carried on. */
    StreamFollower NONE = round -> true;

    /** Whether the end of {@code round} is on the stream in every lane, or nothing is to be expected of the transformer. */
    boolean isCarried(int round);
}
