package io.godwit.consumer;

import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to receive, and where to.
 *
 * @param migration name of the migration
 * @param destination where the guest goes
 * @param target name of this target, by which a guest is handed over to it
 * @param untilRound the round after whose end to stop, from 1; empty to receive all
 * @param copy whether a copy is wanted, whoever has the guest: takes no part in the handover
 * @param threads lanes are applied by at most so many threads
 * @param checkpoints where the checkpoints are that the stream may name
 */
public record ReceiveOptions(
        String migration,
        Destination destination,
        String target,
        OptionalInt untilRound,
        boolean copy,
        int threads,
        Checkpoints checkpoints) {
    /**
     * Checkpoints of a target.
     *
     * @param directory that holds them; empty where there is none
     * @param optional whether pages of checkpoints that it does not hold are read from the ingress; otherwise a stream that
     *     names one is refused
     */
    public record Checkpoints(Optional<Path> directory, boolean optional) {
        /** Holds none: a stream that names one is refused. */
        public static final Checkpoints NONE = new Checkpoints(Optional.empty(), false);

        public Checkpoints {
            Objects.requireNonNull(directory, "directory");
        }

        /** Holds what is in {@code directory}: a stream that names another is refused. */
        public static Checkpoints in(Path directory) {
            return new Checkpoints(Optional.of(directory), false);
        }
    }

    public ReceiveOptions {
        Topics.checkMigration(migration);
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(untilRound, "untilRound");
        Objects.requireNonNull(checkpoints, "checkpoints");
        if (untilRound.isPresent() && untilRound.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "round " + untilRound.getAsInt() + " is not positive: rounds count from 1");
        }
        if (untilRound.isPresent() && destination instanceof Destination.Qemu) {
            throw new IllegalArgumentException("a guest that is to run cannot stop at a round");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("thread count " + threads + " is not positive");
        }
    }

    /** Receives all of {@code migration} into a directory, with a thread a core. */
    public static ReceiveOptions of(String migration, Path ramDirectory) {
        return of(migration, new Destination.Directory(ramDirectory));
    }

    /** Receives all of {@code migration}, with a thread a core. */
    public static ReceiveOptions of(String migration, Destination destination) {
        return new ReceiveOptions(
                migration,
                destination,
                destination.toString(),
                OptionalInt.empty(),
                false,
                Runtime.getRuntime().availableProcessors(),
                Checkpoints.NONE);
    }

    /** The same with {@code newCheckpoints}. */
    public ReceiveOptions withCheckpoints(Checkpoints newCheckpoints) {
        return new ReceiveOptions(migration, destination, target, untilRound, copy, threads, newCheckpoints);
    }
}
