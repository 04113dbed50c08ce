package io.godwit.consumer.handover;

import io.godwit.client.ClientSettings;
import io.godwit.consumer.handover.Decision.Verdict;
import io.godwit.directory.Handover;
import io.godwit.directory.HandoverView;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationView;
import io.godwit.directory.TargetClaim;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One target agent in the directory, from what it has applied to whether it may go on with the guest.
 *
 * <pre>
 *   begin(attempt) ── atRound(n)… ── verified ── awaitDecision ── OWN: continue the guest
 *                          └───────────┴─────────────┴── failed(reason)
 * </pre>
 *
 * Calls that write wait until Kafka has the entry, and throw its {@link org.apache.kafka.common.KafkaException}. One thread at
 * a time.
 */
public final class TargetHandover implements AutoCloseable {
    /** How long a call may wait for Kafka. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** How soon a stop is noticed. */
    private static final Duration TURN = Duration.ofMillis(50);

    private final String migration;
    private final String target;
    private final MigrationDirectory directory;
    /** How the handover stood when this agent started. */
    private final Optional<HandoverView> then;

    private int attempt;
    private int round;
    private TargetClaim claim;
    private boolean committed;
    private boolean continued;

    private TargetHandover(String migration, String target, MigrationDirectory directory) {
        this.migration = migration;
        this.target = target;
        this.directory = directory;
        then = directory.known(migration).map(MigrationView::handover);
    }

    /**
     * Opens the directory, which must exist, and reads it.
     *
     * @param target name of the target; under the same name it can be started again
     */
    public static TargetHandover open(ClientSettings clients, String migration, String target) {
        MigrationDirectory directory = new MigrationDirectory(clients, PATIENCE);
        try {
            directory.refresh();
            return new TargetHandover(migration, target, directory);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** The newest attempt whose guest is known to have stayed at its source, 0 where there is none. */
    public int lastWithdrawn() {
        directory.refresh();
        return directory.knownWithdrawn(migration);
    }

    /** Whether the guest of {@code newAttempt} is handed over to one target: then every target has to take part. */
    public boolean isArbitrated(int newAttempt) {
        directory.refresh();
        return directory
                .knownHandover(migration, newAttempt)
                .map(now -> now.mode() != Handover.NONE)
                .orElse(false);
    }

    /**
     * Says that this target receives {@code newAttempt}. No effect where it has said so.
     *
     * @param copies whether the target is content with a copy where the guest is another target's already
     * @throws RefusedTargetException if it is not, and it is
     */
    public void begin(int newAttempt, boolean copies) throws RefusedTargetException {
        if (attempt == newAttempt) {
            return;
        }
        directory.refresh();
        Optional<HandoverView> now = directory.knownHandover(migration, newAttempt);
        if (now.isEmpty()) {
            throw new IllegalStateException("attempt " + newAttempt + " of migration " + migration + " is not known");
        }
        TargetClaim newClaim = TargetClaim.of(
                directory.agent(), target, then.filter(view -> view.source().attempt() == newAttempt));
        boolean anothers = now.get().commit() != null && !now.get().isWithdrawn() && !newClaim.isNamedBy(now.get());
        if (anothers && !copies) {
            throw new RefusedTargetException(continuedBy(now.get()));
        }
        attempt = newAttempt;
        claim = newClaim;
        round = 0;
        committed = false;
        continued = false;
        say(MigrationState.TARGET_AT_ROUND, "");
    }

    /** Says that {@code newRound} was applied in every lane; also to be called every few seconds, as a sign of life. */
    public void atRound(int newRound) {
        round = newRound;
        say(MigrationState.TARGET_AT_ROUND, "");
    }

    /** Says that everything was applied and verified, and this target is ready to continue the guest. */
    public void verified() {
        say(MigrationState.VERIFIED, "");
    }

    /**
     * Says that this target gives up, also where it was refused before it began: its source hears why it has no target. No
     * effect where nobody waits for it.
     */
    public void failed(String reason) {
        if (attempt == 0) {
            attempt = openAttempt();
        }
        if (attempt > 0) {
            say(MigrationState.TARGET_FAILED, reason);
        }
    }

    /** The newest attempt, whose source still looks for a target; 0 where it does not. */
    private int openAttempt() {
        directory.refresh();
        int newest = directory.knownAttempt(migration);
        return directory
                .knownHandover(migration, newest)
                .filter(now -> now.mode() == Handover.VERIFIED && now.commit() == null && !now.isWithdrawn())
                .map(now -> newest)
                .orElse(0);
    }

    /**
     * Waits until it is decided who has the guest; after {@link #verified}. Where it is this target, nobody else continues
     * the guest, and this target has said that it does.
     *
     * @param stopped whether the target was told to stop
     */
    public Decision awaitDecision(BooleanSupplier stopped) {
        while (true) {
            Optional<HandoverView> now = directory.knownHandover(migration, attempt);
            if (now.isEmpty()) {
                return new Decision(Verdict.WITHDRAWN, "migration " + migration + " was deleted: nobody continues it");
            }
            TargetClaim.Step step = claim.next(now.get());
            if (step == TargetClaim.Step.COMMIT && !committed) {
                committed = true;
                tell(MigrationState.COMMITTED, directory.agent());
            } else if (step == TargetClaim.Step.CONTINUE && !continued) {
                continued = true;
                tell(MigrationState.CONTINUED, "");
            } else if (step == TargetClaim.Step.WAIT) {
                if (stopped.getAsBoolean()) {
                    return new Decision(Verdict.STOPPED, "stopped");
                }
                directory.awaitNext(TURN);
            } else {
                return decision(step, now.get());
            }
        }
    }

    @Override
    public void close() {
        directory.close();
    }

    private Decision decision(TargetClaim.Step step, HandoverView now) {
        return switch (step) {
            case OWN ->
                new Decision(Verdict.OWN, "the guest of migration " + migration + " is target " + target + "'s");
            case LATE ->
                new Decision(
                        Verdict.COPY,
                        "a copy: the guest of migration " + migration + " is target " + now.committedTarget() + "'s");
            case LOST -> new Decision(Verdict.LOST, continuedBy(now));
            case WITHDRAWN -> new Decision(Verdict.WITHDRAWN, withdrawn(now));
            default -> throw new IllegalStateException(step + " decides nothing");
        };
    }

    private String continuedBy(HandoverView now) {
        return "migration " + migration + " was continued by target " + now.committedTarget()
                + (now.committedTarget().equals(target) ? ", by another receiver of that name" : "")
                + "; use --clone for a copy";
    }

    private String withdrawn(HandoverView now) {
        String reason = now.source().reason();
        return "the source has withdrawn attempt " + attempt + " of migration " + migration
                + (reason.isEmpty() ? "" : " (" + reason + ")")
                + ": its guest runs on there; receive again to go on with the next attempt";
    }

    private void say(MigrationState state, String reason) {
        directory.publish(entry(state, reason));
    }

    /** Says it, and reads what others have said before. */
    private void tell(MigrationState state, String reason) {
        directory.publishAndRead(entry(state, reason));
    }

    private MigrationStatus entry(MigrationState state, String reason) {
        return MigrationStatus.ofHandover(
                migration, attempt, state, directory.agent(), target, round, reason, System.currentTimeMillis());
    }
}
