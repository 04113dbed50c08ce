package io.godwit.producer;

import io.godwit.client.ClientSettings;
import io.godwit.directory.Handover;
import io.godwit.directory.HandoverView;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationView;
import io.godwit.producer.source.MemorySource.Fate;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Finds out what became of a guest whose sender died in the middle of the handover, and tells the directory. A sender that is
 * killed between its commit and the hypervisor's release leaves a commit that nobody may act upon: only the hypervisor knows
 * whether the guest has left.
 *
 * <table>
 * <caption>What is told</caption>
 * <tr><th>the guest at its source</th><th>entry</th><th>outcome</th></tr>
 * <tr><td>runs</td><td>INTERRUPTED</td><td>{@link Outcome#RUNNING}: targets give up, a new attempt may be sent</td></tr>
 * <tr><td>has left</td><td>RELEASED</td><td>{@link Outcome#RELEASED}: the target that was committed continues it</td></tr>
 * <tr><td>is still held for another sender</td><td>none</td><td>{@link SourceException}</td></tr>
 * </table>
 */
public final class HandoverRecovery {
    /** How the handover stands. */
    public enum Outcome {
        /** There was nothing to find out. */
        NOTHING_OPEN,
        /** The guest runs at its source. */
        RUNNING,
        /** The guest has left its source. */
        RELEASED
    }

    /** Asks the guest's hypervisor. */
    @FunctionalInterface
    public interface Hypervisor {
        /**
         * What became of the guest.
         *
         * @throws IOException if it cannot be asked
         */
        Fate fate() throws IOException, InterruptedException;
    }

    private static final String DIED = "its sender died; the guest runs at its source";

    private HandoverRecovery() {}

    /**
     * Ends an attempt whose sender is known to be dead, committed or not.
     *
     * @param attempt empty for the newest one; an older one was ended by those that came after it
     * @param patience how long Kafka may be out of reach
     * @throws SourceException if the hypervisor cannot be asked, or does not know yet
     * @throws org.apache.kafka.common.KafkaException if the directory cannot be read or told
     */
    public static Outcome resolve(
            String migration, OptionalInt attempt, ClientSettings clients, Duration patience, Hypervisor hypervisor)
            throws SourceException, InterruptedException {
        try (MigrationDirectory directory = new MigrationDirectory(clients, patience)) {
            if (attempt.isPresent() && directory.lastAttempt(migration) != attempt.getAsInt()) {
                return Outcome.NOTHING_OPEN;
            }
            return resolve(directory, migration, hypervisor, true);
        }
    }

    /** The same, where the sender may live: an attempt that is still being sent is left alone. */
    static Outcome resolveOpen(MigrationDirectory directory, String migration, Hypervisor hypervisor)
            throws SourceException, InterruptedException {
        return resolve(directory, migration, hypervisor, false);
    }

    private static Outcome resolve(
            MigrationDirectory directory, String migration, Hypervisor hypervisor, boolean senderIsDead)
            throws SourceException, InterruptedException {
        HandoverView handover =
                directory.find(migration).map(MigrationView::handover).orElse(null);
        if (handover == null || handover.mode() == Handover.NONE) {
            return Outcome.NOTHING_OPEN;
        }
        boolean isSending = handover.source().state() == MigrationState.SENDING && !handover.released();
        if (!handover.isOpen() && !(senderIsDead && isSending)) {
            return Outcome.NOTHING_OPEN;
        }
        return resolve(directory, handover, hypervisor);
    }

    private static Outcome resolve(MigrationDirectory directory, HandoverView handover, Hypervisor hypervisor)
            throws SourceException, InterruptedException {
        MigrationStatus source = handover.source();
        return switch (ask(source, hypervisor)) {
            case RUNNING -> {
                directory.publish(source.with(MigrationState.INTERRUPTED, DIED, System.currentTimeMillis()));
                yield Outcome.RUNNING;
            }
            case RELEASED -> {
                directory.publish(released(source, directory.agent()));
                yield Outcome.RELEASED;
            }
            case UNDECIDED ->
                throw new SourceException("the guest of migration " + source.migration()
                        + " is just being handed over (attempt " + source.attempt()
                        + "), and its hypervisor still waits for the sender: see whether that runs, and wait for it");
        };
    }

    private static MigrationStatus released(MigrationStatus source, String agent) {
        return MigrationStatus.ofHandover(
                source.migration(),
                source.attempt(),
                MigrationState.RELEASED,
                agent,
                "",
                0,
                "",
                System.currentTimeMillis());
    }

    private static Fate ask(MigrationStatus source, Hypervisor hypervisor)
            throws SourceException, InterruptedException {
        try {
            return hypervisor.fate();
        } catch (IOException e) {
            throw new SourceException(
                    "attempt " + source.attempt() + " of migration " + source.migration()
                            + " was left in the middle of its handover, and its hypervisor cannot be asked: "
                            + e.getMessage(),
                    e);
        }
    }
}
