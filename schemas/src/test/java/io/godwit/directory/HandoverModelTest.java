package io.godwit.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * A hypervisor, its source agents and two targets, in every order that a seed makes of it: agents are killed between any two
 * steps, read the log late, write entries twice, and are started again.
 */
class HandoverModelTest {
    private static final int STEPS = 400;
    private static final int KILLS_PER_MILLE = 40;
    private static final int STALE_PERCENT = 30;
    private static final int REPEAT_PERCENT = 10;
    private static final int IMPATIENCE_PER_MILLE = 30;
    private static final List<String> TARGETS = List.of("a", "b");

    private final List<MigrationStatus> log = new ArrayList<>();
    private final List<TargetAgent> targets = new ArrayList<>();
    private SplittableRandom random;
    private Handover mode;
    /** The hypervisor: whether the guest stands still for an agent, and whether it has left. */
    private SourceAgent holder;

    private boolean hasLeft;
    private SourceAgent source;
    private int agents;
    private boolean settling;

    @RepeatedTest(300)
    void aGuestRunsAtMostOnceAndOnceEverybodyIsStartedAgainExactlyOnce(RepetitionInfo repetition) {
        random = new SplittableRandom(repetition.getCurrentRepetition());
        mode = random.nextBoolean() ? Handover.VERIFIED : Handover.PARKED;
        for (int step = 0; step < STEPS; step++) {
            mayKill();
            mayStart();
            act();
            assertThat(running())
                    .as("seed " + repetition.getCurrentRepetition())
                    .isLessThanOrEqualTo(1);
        }
        settle();
        assertThat(running())
                .as("seed " + repetition.getCurrentRepetition() + " once all were started again")
                .isEqualTo(1);
        assertThat(winnersOf(compacted())).isEqualTo(winnersOf(log));
    }

    /** Guests that run: at the source, and at targets. */
    private long running() {
        boolean atSource = !hasLeft && holder == null;
        return targets.stream().filter(target -> target.runs).count() + (atSource ? 1 : 0);
    }

    private void act() {
        List<Runnable> acts = new ArrayList<>();
        if (source != null) {
            acts.add(source::step);
        }
        targets.forEach(target -> acts.add(target::step));
        if (!acts.isEmpty()) {
            acts.get(random.nextInt(acts.size())).run();
        }
    }

    private void mayKill() {
        if (source != null && random.nextInt(1000) < KILLS_PER_MILLE) {
            killSource();
        }
        // A target that runs the guest takes it along: that is no longer the handover's matter.
        targets.removeIf(target -> !target.runs && random.nextInt(1000) < KILLS_PER_MILLE);
    }

    /** Its socket breaks: the hypervisor resumes the guest, unless it was told to let go. */
    private void killSource() {
        if (holder == source) {
            holder = null;
        }
        source = null;
    }

    private void mayStart() {
        if (source == null && random.nextInt(10) == 0) {
            source = new SourceAgent(newAgent());
        }
        for (String name : TARGETS) {
            if (random.nextInt(isAlive(name) ? 50 : 10) == 0 && !hasContinued(name)) {
                targets.add(new TargetAgent(newAgent(), name));
            }
        }
    }

    private boolean isAlive(String name) {
        return targets.stream().anyMatch(target -> target.name.equals(name));
    }

    /** Nobody starts a target again while one of its name goes on with the guest. */
    private boolean hasContinued(String name) {
        return targets.stream()
                .anyMatch(target -> target.name.equals(name)
                        && log.stream()
                                .anyMatch(entry -> entry.state() == MigrationState.CONTINUED
                                        && entry.agent().equals(target.agent)));
    }

    /** No more faults: everybody who is dead is started again, and goes on until nothing more happens. */
    private void settle() {
        settling = true;
        for (int step = 0; step < STEPS; step++) {
            if (source == null) {
                source = new SourceAgent(newAgent());
            }
            for (String name : TARGETS) {
                if (!isAlive(name)) {
                    targets.add(new TargetAgent(newAgent(), name));
                }
            }
            act();
            if (targets.stream().anyMatch(target -> target.runs)) {
                return;
            }
        }
    }

    private String newAgent() {
        agents++;
        return "agent-" + agents;
    }

    /** What somebody knows who has read {@code end} entries. */
    private Entries entries(int end) {
        DirectoryEntries entries = new DirectoryEntries();
        log.subList(0, end).forEach(entry -> entries.apply(entry.key(), entry));
        return new Entries(entries);
    }

    private void write(MigrationStatus entry) {
        log.add(entry);
    }

    /** What a topic that was compacted up to somewhere holds. */
    private List<MigrationStatus> compacted() {
        int dirty = random.nextInt(log.size() + 1);
        List<MigrationStatus> kept = new ArrayList<>();
        for (int index = 0; index < log.size(); index++) {
            String key = log.get(index).key();
            boolean replaced = index < dirty
                    && log.subList(index + 1, dirty).stream()
                            .anyMatch(later -> later.key().equals(key));
            if (!replaced) {
                kept.add(log.get(index));
            }
        }
        return kept;
    }

    private static Map<Integer, String> winnersOf(List<MigrationStatus> entries) {
        DirectoryEntries folded = new DirectoryEntries();
        entries.forEach(entry -> folded.apply(entry.key(), entry));
        Map<Integer, String> winners = new TreeMap<>();
        for (int attempt = 1; attempt <= folded.lastAttempt("vm"); attempt++) {
            HandoverView view = folded.handover("vm", attempt);
            if (view != null) {
                winners.put(
                        attempt,
                        folded.owner("vm", attempt) + " " + view.released() + " "
                                + (view.commit() == null ? "" : view.committedAgent()));
            }
        }
        return winners;
    }

    /** A fold of the log, as an agent has it. */
    private record Entries(DirectoryEntries entries) {
        HandoverView handover(int attempt) {
            return entries.handover("vm", attempt);
        }

        int lastAttempt() {
            return entries.lastAttempt("vm");
        }
    }

    /** Somebody who reads the log up to somewhere, and never less than before. */
    private abstract class Agent {
        final String agent;
        private int read;

        Agent(String agent) {
            this.agent = agent;
            read = log.size();
        }

        /** May be old. */
        Entries look() {
            if (random.nextInt(100) >= STALE_PERCENT) {
                read = read + random.nextInt(log.size() - read + 1);
            }
            return entries(read);
        }

        /** Writes, and reads everything up to that. */
        Entries say(MigrationState state, int attempt, String target, String reason) {
            MigrationStatus entry =
                    MigrationStatus.ofHandover("vm", attempt, state, agent, target, 0, reason, log.size());
            write(entry);
            boolean isArbiter = state == MigrationState.COMMITTED || state == MigrationState.CONTINUED;
            if (!isArbiter && random.nextInt(100) < REPEAT_PERCENT) {
                write(entry);
            }
            read = log.size();
            return entries(read);
        }

        Entries sayOfSource(MigrationState state, int attempt) {
            write(new MigrationStatus(
                    "vm", attempt, state, agent, "", MigrationStatus.NO_LANE, 0, null, 1, 1, "qemu", "", "", mode, 1));
            read = log.size();
            return entries(read);
        }

        Entries readAll() {
            read = log.size();
            return entries(read);
        }
    }

    /** What a sender does, in the smallest steps. */
    private final class SourceAgent extends Agent {
        private int attempt;
        private int stage;

        SourceAgent(String agent) {
            super(agent);
        }

        void step() {
            stage++;
            switch (stage) {
                case 1 -> resolve();
                case 2 -> claim();
                case 3 -> sayOfSource(MigrationState.SENDING, attempt);
                case 4 -> holder = this;
                case 5 -> give();
                case 6 -> hasLeft = true;
                default -> {
                    say(MigrationState.RELEASED, attempt, "", "");
                    holder = null;
                    source = null;
                }
            }
        }

        /** As HandoverRecovery. */
        private void resolve() {
            Entries now = readAll();
            HandoverView open = now.handover(now.lastAttempt());
            for (int older = now.lastAttempt(); open == null && older > 0; older--) {
                open = now.handover(older);
            }
            if (open == null || !open.isOpen()) {
                return;
            }
            if (hasLeft) {
                say(MigrationState.RELEASED, open.source().attempt(), "", "");
                source = null;
            } else {
                sayOfSource(MigrationState.INTERRUPTED, open.source().attempt());
            }
        }

        private void claim() {
            int next = readAll().lastAttempt() + 1;
            if (hasLeft) {
                source = null;
                return;
            }
            attempt = next;
            say(MigrationState.CLAIMED, attempt, "", "");
        }

        private void give() {
            HandoverView now = look().handover(attempt);
            boolean impatient = !settling && random.nextInt(1000) < IMPATIENCE_PER_MILLE;
            if (impatient) {
                withdraw();
            } else if (mode == Handover.PARKED) {
                sayOfSource(MigrationState.PARKED, attempt);
            } else if (now != null && now.firstVerified().isPresent()) {
                MigrationStatus target = now.firstVerified().get();
                if (say(MigrationState.COMMITTED, attempt, target.target(), target.agent())
                        .handover(attempt)
                        .isGivenUp()) {
                    withdraw();
                }
            } else {
                stage = 4;
            }
        }

        private void withdraw() {
            holder = null;
            sayOfSource(MigrationState.INTERRUPTED, attempt);
            source = null;
        }
    }

    /** What a receiver does that has all of the newest attempt at once. */
    private final class TargetAgent extends Agent {
        private final String name;
        private final MigrationView then;
        private int attempt;
        private TargetClaim claim;
        private boolean runs;

        TargetAgent(String agent, String name) {
            super(agent);
            this.name = name;
            then = readAll().entries.view("vm");
        }

        void step() {
            if (runs) {
                return;
            }
            Entries now = look();
            int counts = countingAttempt(now);
            if (counts > attempt) {
                begin(counts);
            } else if (attempt > 0) {
                decide(now);
            }
        }

        private void begin(int newAttempt) {
            attempt = newAttempt;
            claim = TargetClaim.of(
                    agent,
                    name,
                    Optional.ofNullable(then)
                            .map(MigrationView::handover)
                            .filter(view -> view.source().attempt() == attempt));
            say(MigrationState.TARGET_AT_ROUND, attempt, name, "");
            say(MigrationState.VERIFIED, attempt, name, "");
        }

        private void decide(Entries now) {
            switch (claim.next(now.handover(attempt))) {
                case COMMIT -> say(MigrationState.COMMITTED, attempt, name, agent);
                case CONTINUE -> say(MigrationState.CONTINUED, attempt, name, "");
                case OWN -> runs = true;
                case LOST, LATE, WITHDRAWN -> targets.remove(this);
                case WAIT -> {
                    // Somebody else's entry decides.
                }
            }
        }

        private int countingAttempt(Entries now) {
            MigrationView view = now.entries.view("vm");
            return view == null ? 0 : view.attempt();
        }
    }
}
