package io.godwit.directory;

import java.util.List;
import java.util.Optional;

/**
 * What the directory knows of an attempt's handover. Pure: what it says follows from the entries alone, so every reader of the
 * same entries comes to the same end.
 *
 * <p>A target may continue the guest only where the first commit names it, and the source's hypervisor has let go: a source
 * agent may die between the two, and its hypervisor then goes on with the guest by itself.
 *
 * @param source what the source agent said last
 * @param targets the newest entry of every target agent, in the order in which they were written
 * @param commit the first commit; null where there is none
 * @param released whether the source's hypervisor has let go for good
 * @param continued the entries of the target agents that go on with the guest, in the order in which they were written
 * @param cancelled whether somebody has asked the source agent to give up
 * @param superseded whether a newer attempt is being sent
 */
public record HandoverView(
        MigrationStatus source,
        List<MigrationStatus> targets,
        MigrationStatus commit,
        boolean released,
        List<MigrationStatus> continued,
        boolean cancelled,
        boolean superseded) {
    public HandoverView {
        targets = List.copyOf(targets);
        continued = List.copyOf(continued);
    }

    /** How the guest changes host. */
    public Handover mode() {
        return source.handover();
    }

    /** The only target that the source takes; empty for any. */
    public String wanted() {
        return source.target();
    }

    /** Whether the guest was kept at its source: nobody may continue it from this attempt. */
    public boolean isWithdrawn() {
        return !released && (superseded || isGivenUp());
    }

    /** Whether the source agent has said that it gave the attempt up. */
    public boolean isGivenUp() {
        return source.state() == MigrationState.INTERRUPTED || source.state() == MigrationState.FAILED;
    }

    /** Whether the guest is on its way: committed or parked, and nobody knows yet whether its source has let go. */
    public boolean isOpen() {
        return mode() != Handover.NONE
                && !released
                && !isGivenUp()
                && (commit != null || source.state() == MigrationState.PARKED);
    }

    /** Whether the source takes this target. */
    public boolean isEligible(MigrationStatus target) {
        return wanted().isEmpty() || wanted().equals(target.target());
    }

    /** The eligible target that was the first to verify everything. */
    public Optional<MigrationStatus> firstVerified() {
        return targets.stream()
                .filter(target -> target.state() == MigrationState.VERIFIED && isEligible(target))
                .findFirst();
    }

    /** Eligible targets that have not given up. */
    public List<MigrationStatus> livingTargets() {
        return targets.stream()
                .filter(target -> target.state() != MigrationState.TARGET_FAILED && isEligible(target))
                .toList();
    }

    /** Agent of the target that the guest goes to; only where there is a commit. */
    public String committedAgent() {
        return commit.reason();
    }

    /** Name of the target that the guest goes to; only where there is a commit. */
    public String committedTarget() {
        return commit.target();
    }
}
