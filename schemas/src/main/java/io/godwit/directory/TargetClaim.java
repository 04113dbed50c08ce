package io.godwit.directory;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What one target agent may do with the guest, as the directory stands. Holds what was known when the agent began; decides
 * from entries alone, so that it can be tried against every order in which they may come.
 *
 * @param agent id of the target agent
 * @param target its name
 * @param commitBefore the agent of the target that was committed already when this one began; null where there was none
 * @param continuedBefore agents that had gone on with the guest when this one began
 */
public record TargetClaim(String agent, String target, String commitBefore, Set<String> continuedBefore) {
    /** What is to be done next. */
    public enum Step {
        /** Nothing: an entry of somebody else decides. */
        WAIT,
        /** Write a commit that names this target. */
        COMMIT,
        /** Write that this target goes on with the guest. */
        CONTINUE,
        /** The guest is this target's. */
        OWN,
        /** The guest was another's before this target began: what it has is a copy. */
        LATE,
        /** The guest went to another target. */
        LOST,
        /** The guest stayed at its source. */
        WITHDRAWN
    }

    public TargetClaim {
        continuedBefore = Set.copyOf(continuedBefore);
    }

    /**
     * The claim of a target that was started when the attempt stood as in {@code then}, empty where it was not known yet.
     * Invariant: taken when the agent starts, not when it first has a record: what others say in between, they say to a rival.
     */
    public static TargetClaim of(String agent, String target, Optional<HandoverView> then) {
        Set<String> continued = new HashSet<>();
        then.ifPresent(view -> view.continued().forEach(entry -> continued.add(entry.agent())));
        String commit = then.filter(view -> view.commit() != null)
                .map(HandoverView::committedAgent)
                .orElse(null);
        return new TargetClaim(agent, target, commit, continued);
    }

    /** What to do as the directory stands, once everything is verified. */
    public Step next(HandoverView now) {
        if (now.isWithdrawn()) {
            return Step.WITHDRAWN;
        }
        if (!now.released()) {
            return Step.WAIT;
        }
        if (now.commit() == null) {
            // The hypervisor let go without a commit: only a parked guest is anybody's.
            return now.mode() == Handover.PARKED ? Step.COMMIT : Step.WAIT;
        }
        if (!isNamedBy(now)) {
            return commitBefore == null ? Step.LOST : Step.LATE;
        }
        return continueStep(now);
    }

    /**
     * Whether the commit is for this target: for its agent, or, where the commit is older than this agent, for its name, which
     * is how a target is started again.
     */
    public boolean isNamedBy(HandoverView now) {
        if (now.commit() == null) {
            return false;
        }
        return now.committedAgent().equals(agent)
                || (now.committedAgent().equals(commitBefore)
                        && now.committedTarget().equals(target));
    }

    /** Of agents that are named, all but one may have been started again for one that is dead: the first to say so goes on. */
    private Step continueStep(HandoverView now) {
        return now.continued().stream()
                .map(MigrationStatus::agent)
                .filter(rival -> !continuedBefore.contains(rival))
                .findFirst()
                .map(first -> first.equals(agent) ? Step.OWN : Step.LOST)
                .orElse(Step.CONTINUE);
    }
}
