package io.godwit.producer;

import io.godwit.directory.MigrationView;
import io.godwit.producer.publish.StreamFollower;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the transformer through the directory. A guest must not be paused while the transformer is behind: its last pages
 * would wait for all the others. But a source must not wait for a transformer that is not there: where none has taken up the
 * attempt, or none has moved on for as long as Kafka may be out of reach, what is stored has to do.
 *
 * <p>Where the guest is to be handed over, a target must keep up, too; and none within that time ends the attempt.
 *
 * <p>One thread.
 */
final class CarriedRounds implements StreamFollower {
    private static final Logger LOG = LoggerFactory.getLogger(CarriedRounds.class);
    /** A transformer that runs takes up an attempt within some tens of milliseconds. */
    private static final Duration TAKE_UP_LIMIT = Duration.ofSeconds(2);

    /** Looks the attempt up in the directory. */
    @FunctionalInterface
    interface Look {
        MigrationView view() throws SourceException;
    }

    private final Look look;
    private final long patienceNanos;
    private final LongSupplier nanoClock;
    private final TargetPace targets;
    private final Consumer<SourceException> refuse;
    private int awaitedRound;
    private long awaitedSinceNanos;

    /**
     * @param patience how long a transformer that has begun may take over a round once it is stored
     * @param targets null where the guest is not handed over to one
     * @param refuse hears why the attempt cannot go on
     */
    CarriedRounds(
            Look look,
            Duration patience,
            LongSupplier nanoClock,
            TargetPace targets,
            Consumer<SourceException> refuse) {
        this.look = look;
        this.targets = targets;
        this.refuse = refuse;
        this.patienceNanos = patience.toNanos();
        this.nanoClock = nanoClock;
    }

    @Override
    public boolean isCarried(int round) {
        if (round != awaitedRound) {
            awaitedRound = round;
            awaitedSinceNanos = nanoClock.getAsLong();
        }
        try {
            MigrationView view = look.view();
            long waitedNanos = nanoClock.getAsLong() - awaitedSinceNanos;
            long limitNanos = view.lanesBegun() == 0 ? TAKE_UP_LIMIT.toNanos() : patienceNanos;
            boolean onStream = view.roundOnStream() >= round || waitedNanos > limitNanos;
            return onStream && (targets == null || targets.keepsUp(view.handover(), round));
        } catch (SourceException e) {
            refuse.accept(e);
            return false;
        } catch (KafkaException e) {
            LOG.debug("No look into the directory", e);
            return targets == null;
        }
    }
}
