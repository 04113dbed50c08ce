package io.godwit.transformer.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One lane from source to target: a log of ingress records, transformers that each stand somewhere in it, the stream they
 * write together, and a target that reads it.
 */
final class TransformerSimulation implements AutoCloseable {
    static final int PAGE = 512;
    private static final int PAGES = 48;
    private static final String KEY = Topics.laneKey("a", 0);

    private record Entry(byte[] value, boolean readable) {}

    /** What a target's memory must be after a record, page by page; null where no target can know. */
    private record Snapshot(byte[][] pages) {}

    private final Random random;
    private final long budgetBytes;
    private final FakeStreamTopics topics = new FakeStreamTopics();
    private final List<Entry> ingress = new ArrayList<>();
    private final Map<String, Snapshot> expected = new HashMap<>();
    private final List<Runner> runners = new ArrayList<>();
    private final Target target = new Target(PAGES, PAGE, "stream-a");
    /** How far the stream is whole: a transformer that starts begins no later than here, as its group's commit would be. */
    private int written;

    private final byte[][] guest = new byte[PAGES][PAGE];
    /** An earlier version of each page, which the guest at times goes back to: what makes a stale base look good. */
    private final byte[][] earlier = new byte[PAGES][PAGE];

    private final byte[][] sent = new byte[PAGES][];
    private int attempt;
    private long sequence;
    private boolean damaged;
    private long applied;
    private long deltasApplied;

    private final class Runner {
        final TransformerHarness transformer = new TransformerHarness(topics, budgetBytes, PayloadCompression.ZSTD);
        int position;

        Runner(int position) {
            this.position = position;
        }

        void step() {
            if (position == ingress.size()) {
                return;
            }
            transformer.send(KEY, ingress.get(position).value());
            position++;
            written = Math.max(written, position);
            List<StreamRecord> out = transformer.stream("a");
            assertThat(out).as("records that came out of one").hasSize(1);
            deliver(out.get(0));
        }
    }

    TransformerSimulation(long seed, long budgetBytes) {
        random = new Random(seed);
        this.budgetBytes = budgetBytes;
        topics.create(Topics.stream("a"), "stream-a");
        Arrays.setAll(sent, page -> new byte[PAGE]);
        runners.add(new Runner(0));
    }

    long applied() {
        return applied;
    }

    /** Pages that went as deltas or not at all, in records that were applied. */
    long deltasApplied() {
        return deltasApplied;
    }

    void run(int steps) {
        beginAttempt();
        for (int step = 0; step < steps; step++) {
            step();
        }
        if (damaged || target.isHalted()) {
            beginAttempt();
        }
        sendAll();
        Runner last = runners.get(random.nextInt(runners.size()));
        while (last.position < ingress.size()) {
            last.step();
        }
        assertThat(target.attempt()).isEqualTo(attempt);
        assertThat(target.sequence()).isEqualTo(sequence - 1);
        for (int page = 0; page < PAGES; page++) {
            assertThat(Arrays.copyOfRange(target.memory, page * PAGE, (page + 1) * PAGE))
                    .as("page %d at the end", page)
                    .isEqualTo(guest[page]);
        }
    }

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 40) {
            writeGuest();
            sendBatch();
        } else if (dice < 85) {
            runners.get(random.nextInt(runners.size())).step();
        } else if (dice < 88) {
            repeatSome();
        } else if (dice < 91) {
            replaceRunner();
        } else if (dice < 93 && runners.size() < 3) {
            runners.add(new Runner(random.nextInt(written + 1)));
        } else if (dice < 95) {
            loseOrDamageRecord();
        } else if (dice < 97) {
            beginAttempt();
        } else {
            append(new StreamRecord("a", attempt, 0, sequence, new RoundEnd(1)));
        }
    }

    /** A transformer dies; another begins at a commit. */
    private void replaceRunner() {
        int victim = random.nextInt(runners.size());
        runners.get(victim).transformer.close();
        runners.set(victim, new Runner(random.nextInt(written + 1)));
    }

    /** What a producer's retry, or a source that is no more in charge, puts into the log once more. */
    private void repeatSome() {
        int from = random.nextInt(ingress.size());
        int to = Math.min(ingress.size(), from + 1 + random.nextInt(4));
        List<Entry> again = List.copyOf(ingress.subList(from, to));
        ingress.addAll(again);
        damaged |= again.stream().anyMatch(entry -> !entry.readable());
    }

    private void loseOrDamageRecord() {
        writeGuest();
        sendBatch();
        Entry entry = ingress.remove(ingress.size() - 1);
        damaged = true;
        if (random.nextBoolean()) {
            byte[] garbage = entry.value().clone();
            garbage[random.nextInt(10)] ^= 1;
            ingress.add(new Entry(garbage, false));
        }
    }

    private void beginAttempt() {
        attempt++;
        sequence = 0;
        append(Ingress.start("a", attempt, "stream-a"));
        if (damaged) {
            // Targets may have stopped anywhere in the attempt before: what they hold is known only once it is sent
            // again.
            Arrays.fill(sent, null);
            damaged = false;
            expected.put(attempt + "/0", snapshot());
        }
        if (attempt > 1) {
            sendAll();
        }
    }

    private void sendAll() {
        for (int first = 0; first < PAGES; first += 16) {
            sendPages(first, first + 16, 1);
        }
    }

    private void sendBatch() {
        int first = random.nextInt(PAGES);
        sendPages(first, Math.min(PAGES, first + 1 + random.nextInt(12)), 3);
    }

    /** Sends every page of a range, or one of so many, in one batch, runs as long as they come. */
    private void sendPages(int from, int to, int oneOf) {
        PageRuns runs = new PageRuns(16);
        List<byte[]> payload = new ArrayList<>();
        for (int page = from; page < to; page++) {
            if (random.nextInt(oneOf) > 0) {
                continue;
            }
            byte[] bytes = guest[page].clone();
            long hash = Ingress.hash(bytes, 0, PAGE, page);
            if (hash == 0 && random.nextBoolean()) {
                runs.extend(page, 1, PageEncoding.ZERO, 0, 0, 512);
            } else {
                runs.extend(page, 1, PageEncoding.NORMAL, PAGE, hash, 512);
                payload.add(bytes);
            }
            sent[page] = bytes;
        }
        PayloadCompression compression = random.nextBoolean() ? PayloadCompression.LZ4 : PayloadCompression.NONE;
        PageBatch batch = Ingress.batch(
                payload.isEmpty() ? PayloadCompression.NONE : compression, runs, payload.toArray(new byte[0][]));
        append(new StreamRecord("a", attempt, 0, sequence, batch));
    }

    private void append(StreamRecord record) {
        ingress.add(new Entry(StreamRecordEncoder.encode(record), true));
        expected.put(record.attempt() + "/" + record.sequence(), snapshot());
        sequence = record.sequence() + 1;
    }

    private Snapshot snapshot() {
        return new Snapshot(sent.clone());
    }

    private void writeGuest() {
        for (int write = random.nextInt(6); write >= 0; write--) {
            int number = random.nextInt(PAGES);
            byte[] page = guest[number];
            if (random.nextInt(3) == 0) {
                earlier[number] = page.clone();
            }
            switch (random.nextInt(7)) {
                case 0 -> random.nextBytes(page);
                case 1 -> Arrays.fill(page, (byte) 0);
                case 2 -> Arrays.fill(page, (byte) random.nextInt(3));
                case 3 -> guest[number] = earlier[number].clone();
                default -> page[random.nextInt(PAGE)]++;
            }
        }
    }

    private void deliver(StreamRecord record) {
        if (!target.apply(record)) {
            return;
        }
        applied++;
        if (record.body() instanceof PageBatch batch) {
            deltasApplied += batch.unchanged() + batch.runs().pages(PageEncoding.XBZRLE);
        }
        Snapshot memory = expected.get(record.attempt() + "/" + record.sequence());
        for (int page = 0; page < PAGES; page++) {
            if (memory.pages()[page] != null) {
                assertThat(Arrays.copyOfRange(target.memory, page * PAGE, (page + 1) * PAGE))
                        .as("page %d after %s", page, record.place())
                        .isEqualTo(memory.pages()[page]);
            }
        }
    }

    @Override
    public void close() {
        runners.forEach(runner -> runner.transformer.close());
    }
}
