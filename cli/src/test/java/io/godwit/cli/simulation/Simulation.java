package io.godwit.cli.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.consumer.apply.RefusedStreamException;
import io.godwit.consumer.position.LanePosition;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One run: faults and work in a random order, then work alone until a target is complete. */
final class Simulation implements AutoCloseable {
    /** What can happen, as often as its weight says; of faults, a run has some kinds often and others not at all. */
    private enum Event {
        GUEST_WRITES(25),
        SOURCE_READS(25),
        SOURCE_SENDS(45),
        TASK_PROCESSES(45),
        TASK_STORES(25),
        TASK_COMMITS(8),
        TARGET_APPLIES(45),
        SOURCE_IS_KILLED(1),
        TASK_IS_KILLED(2),
        TASK_LOSES_A_RECORD(1),
        TASK_BECOMES_A_ZOMBIE(1),
        ZOMBIE_WORKS(10),
        CACHE_IS_RESIZED(2),
        CHECKPOINT_IS_PUBLISHED_OR_REMOVED(2),
        INGRESS_IS_REPLAYED(1),
        INGRESS_RECORD_IS_DUPLICATED(1),
        STREAM_IS_REPLAYED(1),
        RECORD_IS_DAMAGED(1),
        TARGET_IS_KILLED(2),
        TARGET_IS_KILLED_WITHIN_A_RECORD(2);

        private final int weight;

        Event(int weight) {
            this.weight = weight;
        }

        /** How often it happens in one run: some faults never, some often. */
        int weight(Random random) {
            boolean isFault = weight < 5;
            int often = random.nextInt(4);
            return isFault ? weight * often * often : weight;
        }
    }

    private static final int PARTITIONS = 2;
    private static final int SLAB_BYTES = 300 << 10;
    private static final int MAX_SLABS = 4;
    private static final int REPLAYED = 6;
    private static final long EVENT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Random random;
    private final boolean damages;
    private final Guest guest;
    private final Log ingress = new Log(PARTITIONS);
    private final Log stream = new Log(Guest.LANE_COUNT);
    private final List<LaneHistory> histories = new ArrayList<>();
    private final List<Set<Long>> unreadable = new ArrayList<>();
    private final Invariants invariants;
    private final List<Source> fencedOff = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Task> zombies = new ArrayList<>();
    private final long[] committed = new long[PARTITIONS];
    private final SimulatedTarget target;
    private final Path directory;
    private Source source;
    private long nanos;
    private boolean lost;
    /** Lanes whose next record may have been written in part. */
    private final boolean[] torn = new boolean[Guest.LANE_COUNT];

    /** @param damages whether records become unreadable on their way, too */
    Simulation(long seed, boolean damages, Path directory) throws Exception {
        random = new Random(seed);
        this.damages = damages;
        this.directory = directory;
        guest = new Guest(random);
        source = new Source(1, guest, random);
        for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
            histories.add(new LaneHistory());
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            unreadable.add(new HashSet<>());
            tasks.add(newTask(partition));
        }
        invariants = new Invariants(histories);
        target = newTarget("target");
    }

    /** So many events; then all that is left to do, and the comparison. */
    void run(int events) throws Exception {
        int[] weights = Arrays.stream(Event.values())
                .mapToInt(event -> event.weight(random))
                .toArray();
        int sum = Arrays.stream(weights).sum();
        for (int i = 0; i < events; i++) {
            int at = random.nextInt(sum);
            int event = 0;
            while (at >= weights[event]) {
                at -= weights[event];
                event++;
            }
            happen(Event.values()[event]);
        }
        finish();
    }

    /** Pages that came as hashes and were not in their places: from the checkpoint, and from the ingress. */
    SimulatedTarget.Found found() {
        return target.found();
    }

    @Override
    public void close() throws IOException {
        tasks.forEach(Task::close);
        zombies.forEach(Task::close);
        target.close();
    }

    private void happen(Event event) throws Exception {
        nanos += EVENT_NANOS;
        Task task = tasks.get(random.nextInt(PARTITIONS));
        int lane = random.nextInt(Guest.LANE_COUNT);
        switch (event) {
            case GUEST_WRITES -> {
                if (!source.isRead()) {
                    guest.write(random, random.nextInt(Guest.PAGES));
                }
            }
            case SOURCE_READS -> {
                if (!source.isRead()) {
                    source.step();
                }
            }
            case SOURCE_SENDS -> send(false);
            case RECORD_IS_DAMAGED -> send(damages);
            case TASK_PROCESSES -> process(task);
            case TASK_STORES -> store(task);
            case TASK_COMMITS -> commit(task);
            case TARGET_APPLIES -> apply(lane);
            case SOURCE_IS_KILLED -> sendAgain();
            case TASK_IS_KILLED -> kill(task);
            case TASK_LOSES_A_RECORD -> loseARecord(task);
            case TASK_BECOMES_A_ZOMBIE -> {
                zombies.add(task);
                tasks.set(task.partition(), newTask(task.partition()));
            }
            case ZOMBIE_WORKS -> {
                if (!zombies.isEmpty()) {
                    Task zombie = zombies.get(random.nextInt(zombies.size()));
                    process(zombie);
                    store(zombie);
                }
            }
            case CHECKPOINT_IS_PUBLISHED_OR_REMOVED -> {
                if (random.nextBoolean()) {
                    task.index(guest.checkpoint());
                } else {
                    task.dropCheckpoint();
                }
            }
            case CACHE_IS_RESIZED -> task.resize((long) SLAB_BYTES * random.nextInt(MAX_SLABS));
            // Not beside damages: a start that is replayed after a record that cannot be read looks, to a transformer
            // that
            // was started in between, like the begin of a lane of which targets have everything.
            case INGRESS_IS_REPLAYED -> {
                if (!damages) {
                    replay(ingress, random.nextInt(PARTITIONS));
                }
            }
            case INGRESS_RECORD_IS_DUPLICATED -> {
                if (!damages) {
                    duplicate(random.nextInt(PARTITIONS));
                }
            }
            case STREAM_IS_REPLAYED -> replay(stream, lane);
            case TARGET_IS_KILLED -> target.restart();
            case TARGET_IS_KILLED_WITHIN_A_RECORD -> {
                if (target.hasInput(lane)) {
                    torn[lane] = true;
                    refusable(() -> target.restartWithin(lane, random));
                }
            }
        }
        invariants.eosIsABarrier(target, guest, source);
    }

    /** Sends a record of the source, or one that comes late of a source that was fenced off. */
    private void send(boolean damaged) throws Exception {
        Source sender =
                fencedOff.isEmpty() || random.nextInt(4) > 0 ? source : fencedOff.get(random.nextInt(fencedOff.size()));
        List<Integer> lanes = sender.lanesToSend();
        if (!lanes.isEmpty()) {
            int lane = lanes.get(random.nextInt(lanes.size()));
            byte[] value = sender.send(lane);
            if (damaged) {
                unreadable.get(partitionOf(lane)).add(appendToIngress(lane, damaged(value)));
                histories.get(lane).addUnreadable(sender.attempt());
            } else {
                sendReadable(lane, value);
            }
        }
    }

    private void sendReadable(int lane, byte[] value) throws MalformedRecordException {
        long offset = appendToIngress(lane, value);
        histories.get(lane).add(offset, new StreamRecordDecoder().decode(value));
    }

    private byte[] damaged(byte[] value) {
        return random.nextBoolean() ? Arrays.copyOf(value, random.nextInt(value.length)) : new byte[] {1, 2, 3};
    }

    private long appendToIngress(int lane, byte[] value) {
        return ingress.append(
                partitionOf(lane), new Log.Entry(Topics.laneKey(Guest.MIGRATION, lane), value, Log.NO_ORIGIN));
    }

    /** Where the ingress has a lane. */
    static int partitionOf(int lane) {
        return Topics.pagesPartition(Guest.MIGRATION, lane, PARTITIONS);
    }

    /** The source dies, or is taken for dead, and the migration is sent again; not once it was sent completely. */
    private void sendAgain() {
        boolean complete = source.isRead() && source.lanesToSend().isEmpty();
        if (complete && histories.stream().noneMatch(LaneHistory::isBroken)) {
            return;
        }
        if (random.nextBoolean()) {
            fencedOff.add(source);
        }
        source = new Source(source.attempt() + 1, guest, random);
    }

    private void process(Task task) throws Exception {
        if (!task.hasInput()) {
            return;
        }
        long offset = task.position();
        Log.Entry arrived = ingress.get(task.partition(), offset);
        List<Task.Output> outputs = task.step();
        invariants.oneInOneOut(
                arrived, offset, !unreadable.get(task.partition()).contains(offset), outputs);
        invariants.order(outputs.get(0).entry(), outputs.get(0).lane());
        invariants.base(task, outputs.get(0).lane());
    }

    /** Dies, and begins again where it committed; what its producer had sent by then may be stored or not. */
    private void kill(Task task) {
        for (int i = random.nextInt(4); i > 0; i--) {
            store(task);
        }
        replace(task);
    }

    /** Gives up on a record that Kafka did not take in time, stores some that come after it in its attempt, and dies of it. */
    private void loseARecord(Task task) throws MalformedRecordException {
        if (!task.hasOutput() || !zombies.isEmpty()) {
            return;
        }
        lost = true;
        int attempt = attempt(task.flush());
        for (int i = random.nextInt(4); i > 0 && task.hasOutput() && attempt(task.peek()) == attempt; i--) {
            store(task);
        }
        replace(task);
    }

    private static int attempt(Task.Output output) throws MalformedRecordException {
        return new StreamRecordDecoder().decode(output.entry().value()).attempt();
    }

    private void replace(Task task) {
        task.close();
        tasks.set(task.partition(), newTask(task.partition()));
    }

    private void store(Task task) {
        if (task.hasOutput()) {
            Task.Output output = task.flush();
            stream.append(output.lane(), output.entry());
        }
    }

    private void commit(Task task) {
        while (task.hasOutput()) {
            store(task);
        }
        committed[task.partition()] = task.position();
    }

    private void apply(int lane) throws Exception {
        if (!target.hasInput(lane)) {
            refusable(() -> target.reached(lane));
            return;
        }
        LanePosition before = target.position(lane);
        refusable(() -> target.step(lane));
        LanePosition after = target.position(lane);
        invariants.attemptsAndSequences(before, after);
        torn[lane] &= after.attempt() == before.attempt() && after.nextSequence() == before.nextSequence();
        if (!torn[lane]) {
            invariants.replay(target, lane);
        }
    }

    /** Something that a target may refuse where records were damaged or are missing, and nowhere else; it is started again. */
    private void refusable(Refusable step) throws Exception {
        try {
            step.run();
        } catch (RefusedStreamException e) {
            if (!lost && unreadable.stream().allMatch(Set::isEmpty)) {
                throw e;
            }
            assertThat(e).hasMessageContainingAll("migration " + Guest.MIGRATION, "lane ", "sequence ");
            target.restart();
        }
    }

    /** The last records come once more, in their order, to the end. */
    private void replay(Log log, int partition) throws Exception {
        long end = log.end(partition);
        for (long offset = Math.max(0, end - 1 - random.nextInt(REPLAYED)); offset < end; offset++) {
            again(log, partition, offset);
        }
    }

    /** Some record comes once more, late. */
    private void duplicate(int partition) throws Exception {
        if (ingress.end(partition) > 0) {
            again(ingress, partition, random.nextInt((int) ingress.end(partition)));
        }
    }

    private void again(Log log, int partition, long offset) throws Exception {
        Log.Entry entry = log.get(partition, offset);
        if (log == stream) {
            log.append(partition, entry);
        } else {
            int lane = Integer.parseInt(entry.key().substring(entry.key().lastIndexOf('/') + 1));
            sendReadable(lane, entry.value());
        }
    }

    private Task newTask(int partition) {
        Task task = new Task(ingress, partition, committed[partition], (long) SLAB_BYTES * random.nextInt(MAX_SLABS));
        if (random.nextBoolean()) {
            task.index(guest.checkpoint());
        }
        return task;
    }

    /** No more faults: the migration is sent to its end, again if it has to be, and carried on; it must arrive. */
    private void finish() throws Exception {
        fencedOff.clear();
        zombies.forEach(Task::close);
        zombies.clear();
        if (histories.stream().anyMatch(LaneHistory::isBroken)) {
            source = new Source(source.attempt() + 1, guest, random);
        }
        while (!source.isRead()) {
            source.step();
        }
        while (!source.lanesToSend().isEmpty()) {
            send(false);
        }
        for (Task task : tasks) {
            while (task.hasInput()) {
                process(task);
            }
            commit(task);
        }
        arrive(target);
        try (SimulatedTarget late = newTarget("late")) {
            arrive(late);
        }
    }

    private SimulatedTarget newTarget(String name) throws Exception {
        return new SimulatedTarget(ingress, stream, guest.checkpoint(), directory.resolve(name), () -> nanos);
    }

    private void arrive(SimulatedTarget waiting) throws Exception {
        for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
            while (waiting.hasInput(lane)) {
                waiting.step(lane);
            }
            waiting.reached(lane);
        }
        assertThat(waiting.hasEnded()).as("the target is complete").isTrue();
        assertThat(waiting.newestAttempt()).isEqualTo(source.attempt());
        waiting.complete();
        invariants.identicalMemory(waiting, guest);
    }

    /** Work on a target. */
    private interface Refusable {
        void run() throws Exception;
    }
}
