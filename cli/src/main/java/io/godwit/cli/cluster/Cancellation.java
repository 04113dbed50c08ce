package io.godwit.cli.cluster;

import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClientSettings;
import io.godwit.client.TopicUse;
import io.godwit.directory.Handover;
import io.godwit.directory.HandoverView;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationView;
import io.godwit.topic.Topics;
import java.time.Duration;

/**
 * Asks the source agent of a migration to give up, and waits for what it says. Only the source agent knows its hypervisor: what
 * became of the guest of a dead one is not for others to say.
 */
public final class Cancellation {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TURN = Duration.ofMillis(100);

    private final String migration;
    private final Duration answerLimit;

    /** A cancellation that lets the source agent take {@code answerLimit} to answer. */
    public Cancellation(String migration, Duration answerLimit) {
        this.migration = migration;
        this.answerLimit = answerLimit;
    }

    /**
     * Cancels the newest attempt.
     *
     * @return what became of it, in one line
     * @throws CommandException if it is too late, or nobody answers
     */
    public String cancel(ClientSettings clients) throws CommandException, InterruptedException {
        if (!Migrations.hasDirectory(clients, TopicUse.readAndWrite(Topics.MIGRATIONS))) {
            throw Migrations.unknown(migration);
        }
        try (MigrationDirectory directory = new MigrationDirectory(clients, PATIENCE)) {
            MigrationView view = directory.find(migration).orElseThrow(() -> Migrations.unknown(migration));
            if (view.handover().isGivenUp()) {
                return "attempt " + view.attempt() + " of migration " + migration
                        + " was given up already: the guest is at its source";
            }
            checkInTime(view);
            directory.publish(MigrationStatus.ofHandover(
                    migration,
                    view.attempt(),
                    MigrationState.CANCEL,
                    directory.agent(),
                    "",
                    0,
                    "",
                    System.currentTimeMillis()));
            return awaitAnswer(directory, view.attempt());
        }
    }

    private String awaitAnswer(MigrationDirectory directory, int attempt) throws CommandException {
        long deadline = System.nanoTime() + answerLimit.toNanos();
        while (System.nanoTime() < deadline) {
            directory.awaitNext(TURN);
            MigrationView view = directory.known(migration).orElseThrow(() -> Migrations.unknown(migration));
            boolean givenUp = directory
                    .knownHandover(migration, attempt)
                    .map(HandoverView::isWithdrawn)
                    .orElse(true);
            if (givenUp) {
                return "attempt " + attempt + " of migration " + migration
                        + " was cancelled: the guest is at its source";
            }
            checkInTime(view);
        }
        throw new CommandException("nobody answers for attempt " + attempt + " of migration " + migration + " within "
                + answerLimit.toSeconds()
                + " s: its sender seems to be dead, and only its host knows what became of the"
                + " guest; look there, or send again from the same source, which finds out");
    }

    /** Until the guest is given away it can be kept. */
    private void checkInTime(MigrationView view) throws CommandException {
        HandoverView handover = view.handover();
        if (handover.commit() != null) {
            throw new CommandException("it is too late to cancel migration " + migration
                    + ": its guest was given to target " + handover.committedTarget());
        }
        if (handover.released() || view.state() == MigrationState.PARKED) {
            throw new CommandException("it is too late to cancel migration " + migration
                    + ": its guest is parked; receive it, to continue it");
        }
        boolean isSent = view.state() == MigrationState.SENT || (handover.mode() == Handover.NONE && view.isComplete());
        if (isSent) {
            throw new CommandException("it is too late to cancel migration " + migration
                    + ": all of it was sent; delete it, if nobody needs it (godwit delete " + migration + ")");
        }
    }
}
