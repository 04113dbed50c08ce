package io.godwit.producer;

import io.godwit.directory.HandoverView;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Watches the targets that a guest may go to, before it is paused: a guest must not stand still for a target that is not there,
 * or is behind. Targets that live say something every few seconds. One thread.
 */
final class TargetPace {
    private final Duration patience;
    private final LongSupplier nanoClock;
    private List<MigrationStatus> seen = List.of();
    private long changedNanos;
    private boolean asked;

    /** @param patience how long targets may say nothing */
    TargetPace(Duration patience, LongSupplier nanoClock) {
        this.patience = patience;
        this.nanoClock = nanoClock;
    }

    /**
     * Whether a target has applied {@code round}.
     *
     * @throws SourceException if there is none, or nothing was heard of any for too long
     */
    boolean keepsUp(HandoverView view, int round) throws SourceException {
        List<MigrationStatus> living = view.livingTargets();
        if (living.stream().anyMatch(target -> hasApplied(target, round))) {
            return true;
        }
        if (!asked || !living.equals(seen)) {
            asked = true;
            seen = living;
            changedNanos = nanoClock.getAsLong();
        }
        if (nanoClock.getAsLong() - changedNanos > patience.toNanos()) {
            throw new SourceException(silence(view, patience));
        }
        return false;
    }

    /** Why there is no target that the guest could go to, and what to do. */
    static String silence(HandoverView view, Duration patience) {
        String migration = view.source().migration();
        String wanted = view.wanted().isEmpty() ? "" : " --target " + view.wanted();
        String run = "start godwit receive " + migration + wanted + ", or use --handover parked";
        if (!view.livingTargets().isEmpty()) {
            return "target " + view.livingTargets().get(0).target() + " of migration " + migration
                    + " was not ready within " + patience.toSeconds()
                    + " s (--patience); see that Kafka, godwit transform"
                    + " and godwit receive run, and send again; the guest runs on";
        }
        return view.targets().stream()
                .filter(view::isEligible)
                .reduce((older, newer) -> newer)
                .map(failed -> "target " + failed.target() + " of migration " + migration + " gave up: "
                        + failed.reason() + "; put that right and send again; the guest runs on")
                .orElseGet(() -> "no target" + (wanted.isEmpty() ? "" : " " + view.wanted()) + " receives migration "
                        + migration + ": " + run + "; the guest runs on");
    }

    private static boolean hasApplied(MigrationStatus target, int round) {
        return target.state() == MigrationState.VERIFIED || target.round() >= round;
    }
}
