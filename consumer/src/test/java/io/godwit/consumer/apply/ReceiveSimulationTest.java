package io.godwit.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.consumer.apply.KillingStore.Killed;
import io.godwit.hash.PageDigest;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.DeviceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receiver's life: random streams of several attempts, delivered with duplicates and leftovers, read by a receiver that is
 * killed again and again. Invariants: what arrives is the guest's memory, and a record changes nothing when it is met again.
 */
class ReceiveSimulationTest {
    private static final int RUNS_PER_SEED = 25;
    private static final byte[] DEVICE_STATE = {1, 2, 3, 4, 5, 6, 7};

    private record PageImage(int block, long index, byte[] bytes) {}

    @TempDir
    Path directory;

    private Random random;
    private StreamScript script;
    /** By record: the same one in full, as another transformer would send it. */
    private IdentityHashMap<byte[], byte[]> inFull;
    /** By record: the pages as they are after it. */
    private IdentityHashMap<byte[], List<PageImage>> images;
    /** The guest's memory at the ends of rounds, by attempt and round. */
    private Map<String, byte[][]> history;
    /** Pages of a checkpoint on the target's host, by their digests. */
    private Map<String, byte[]> known;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatArrivesIsTheGuestsMemory(long seed) throws Exception {
        for (int run = 0; run < RUNS_PER_SEED; run++) {
            random = new Random(seed * 1_000_003 + run);
            randomStream();
            Path target = directory.resolve("run" + run);
            try {
                receiveWithKills(target, OptionalInt.empty());
                assertComplete(target);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ", run " + run, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void aRoundThatWasAskedForIsTheGuestsMemoryAtItsEnd(long seed) throws Exception {
        for (int run = 0; run < RUNS_PER_SEED; run++) {
            random = new Random(seed * 1_000_003 + run);
            randomStream();
            Path target = directory.resolve("run" + run);
            try {
                receiveWithKills(target, OptionalInt.of(1));
                try (TestTarget stopped = TestTarget.open(script, target, OptionalInt.of(1))) {
                    assertThat(stopped.target.barrier().outcome()).isEqualTo(LaneBarrier.Outcome.AT_ROUND);
                    int attempt = stopped.target.barrier().newestAttempt();
                    assertThat(stopped.memory()).isDeepEqualTo(history.get(attempt + "/1"));
                }
                // And what was stopped there goes on to the end.
                receiveWithKills(target, OptionalInt.empty());
                assertComplete(target);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ", run " + run, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void whatTheIngressHasLostIsRefusedAndNeverGuessed(long seed) throws Exception {
        int refused = 0;
        for (int run = 0; run < RUNS_PER_SEED; run++) {
            random = new Random(seed * 1_000_003 + run);
            randomStream();
            script.ingress.keySet().removeIf(origin -> random.nextInt(20) == 0);
            Path target = directory.resolve("run" + run);
            try {
                receiveWithKills(target, OptionalInt.empty());
                assertComplete(target);
            } catch (RefusedStreamException e) {
                assertThat(e).hasMessageContaining("no checkpoint here gives that page");
                refused++;
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ", run " + run, e);
            }
        }
        assertThat(refused).isBetween(1, RUNS_PER_SEED - 1);
    }

    private void assertComplete(Path path) throws Exception {
        try (TestTarget target = TestTarget.open(script, path)) {
            target.assertComplete(script);
            assertThat(path.resolve("device.state")).hasBinaryContent(DEVICE_STATE);
        }
    }

    /** Reads until all lanes have ended or wait, in random order, dying and beginning anew on the way. */
    private void receiveWithKills(Path path, OptionalInt untilRound) throws Exception {
        while (true) {
            int writesToLive = random.nextInt(40);
            int recordsToLive = random.nextInt(60);
            try (TestTarget target =
                    TestTarget.open(script, path, untilRound, store -> new KillingStore(store, writesToLive, random))) {
                if (read(target, recordsToLive)) {
                    return;
                }
            } catch (Killed e) {
                // The next receiver goes on.
            }
        }
    }

    private boolean read(TestTarget target, int recordsToLive) throws Exception {
        int laneCount = script.lanes.lanes();
        int[] offsets = new int[laneCount];
        for (int lane = 0; lane < laneCount; lane++) {
            offsets[lane] = Math.toIntExact(target.lanes.get(lane).readOffset());
        }
        int left = recordsToLive;
        while (target.target.barrier().outcome() == LaneBarrier.Outcome.OPEN) {
            List<Integer> readable = IntStream.range(0, laneCount)
                    .filter(lane -> offsets[lane] < script.log.get(lane).size())
                    .filter(lane -> !target.target.barrier().isWaiting(lane))
                    .boxed()
                    .toList();
            assertThat(readable).as("lanes that can go on").isNotEmpty();
            int lane = readable.get(random.nextInt(readable.size()));
            byte[] positions = left == 0 ? positions(target.path) : null;
            target.accept(script, lane, offsets[lane]);
            if (left-- == 0) {
                // Dies with the record applied and its position not saved.
                restore(target.path, positions);
                return false;
            }
            offsets[lane]++;
        }
        return true;
    }

    private static byte[] positions(Path path) throws IOException {
        Path file = path.resolve(".godwit/position");
        return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    private static void restore(Path path, byte[] positions) throws IOException {
        if (positions != null) {
            // Not truncated: the file is still mapped.
            Files.write(path.resolve(".godwit/position"), positions, StandardOpenOption.WRITE);
        }
    }

    /** Some attempts that break off, one that does not; in every lane duplicates, as zombies and restarts leave them. */
    private void randomStream() {
        script = new StreamScript(1 + random.nextInt(4), 1 + random.nextInt(40), 1 + random.nextInt(9));
        script.source = "qemu";
        script.checkpoints = List.of("c".repeat(64));
        script.held = (ids, pageSize) -> this::readKnown;
        known = new HashMap<>();
        inFull = new IdentityHashMap<>();
        images = new IdentityHashMap<>();
        history = new HashMap<>();
        leftovers();
        int attempts = 1 + random.nextInt(3);
        int attempt = 4;
        for (int i = 1; i < attempts; i++) {
            attempt += 1 + random.nextInt(3);
            brokenAttempt(attempt);
        }
        wholeAttempt(attempt + 1);
        duplicate();
    }

    private void leftovers() {
        if (random.nextBoolean()) {
            script.stream = "stream-0";
            int lane = random.nextInt(script.lanes.lanes());
            script.attempt = 1 + random.nextInt(4);
            script.add(lane, script.start());
            script.add(lane, new StreamBody.RoundEnd(1));
            script.stream = StreamScript.STREAM;
        }
    }

    private void wholeAttempt(int attempt) {
        script.begin(attempt);
        int rounds = 1 + random.nextInt(4);
        for (int round = 1; round <= rounds; round++) {
            round(round);
        }
        script.add(0, new DeviceState(0, false, Arrays.copyOf(DEVICE_STATE, 4)));
        script.add(0, new DeviceState(1, true, Arrays.copyOfRange(DEVICE_STATE, 4, 7)));
        script.end();
    }

    /** Lanes break off at different places: one may have ended, another not even begun; lane 0 never ends. */
    private void brokenAttempt(int attempt) {
        int[] before = sizes();
        byte[][] memory = copy(script.memory);
        wholeAttempt(attempt);
        System.arraycopy(memory, 0, script.memory, 0, memory.length);
        for (int lane = 0; lane < before.length; lane++) {
            List<byte[]> log = script.log.get(lane);
            int sent = log.size() - before[lane];
            int kept = before[lane] + random.nextInt(lane == 0 ? sent : sent + 1);
            log.subList(kept, log.size()).clear();
            // The next attempt builds on what this one has left, in this lane.
            for (byte[] record : log.subList(before[lane], kept)) {
                images.getOrDefault(record, List.of())
                        .forEach(image -> script.setPage(image.block(), image.index(), image.bytes()));
            }
        }
    }

    private int[] sizes() {
        return script.log.stream().mapToInt(List::size).toArray();
    }

    private void round(int round) {
        for (int block = 0; block < script.memory.length; block++) {
            int pages = script.manifest.pages(block);
            for (int stripe = 0; stripe * StreamScript.STRIPE_PAGES < pages; stripe++) {
                if (round == 1 || random.nextBoolean()) {
                    stripe(round, block, stripe, pages);
                }
            }
        }
        script.endRound(round);
        history.put(script.attempt + "/" + round, copy(script.memory));
    }

    private void stripe(int round, int block, int stripe, int pages) {
        int first = stripe * StreamScript.STRIPE_PAGES;
        int end = Math.min(pages, first + StreamScript.STRIPE_PAGES);
        int lane = script.lanes.laneOf(block, first);
        StreamScript.Batch batch = script.batch(round, block);
        if (random.nextInt(4) == 0) {
            byte[][] named = new byte[end - first][];
            for (int page = first; page < end; page++) {
                named[page - first] = checkpointPage(block, page);
            }
            batch.named(first, named);
        } else {
            for (int page = first; page < end; page++) {
                randomRun(batch, block, page);
            }
        }
        StreamScript.Batch full = script.batch(round, block);
        List<PageImage> after = new ArrayList<>();
        for (int page = first; page < end; page++) {
            full.normal(page, script.page(block, page));
            after.add(new PageImage(block, page, script.page(block, page)));
        }
        byte[] again = script.encode(lane, script.sequences[lane], full.build());
        batch.compressed(random(PayloadCompression.values())).send(lane);
        byte[] record = script.log.get(lane).get(script.log.get(lane).size() - 1);
        inFull.put(record, again);
        images.put(record, after);
    }

    private void randomRun(StreamScript.Batch batch, int block, int page) {
        switch (random.nextInt(7)) {
            case 5 -> batch.named(page, checkpointPage(block, page));
            case 6 -> batch.named(page, script.page(block, page));
            case 0 -> batch.zero(page, 1);
            case 1 -> batch.fill(page, 1, random.nextInt(3));
            case 2, 3 -> batch.delta(page, edited(block, page));
            default -> batch.normal(page, randomPage());
        }
    }

    private byte[] edited(int block, int page) {
        byte[] edited = script.page(block, page);
        for (int edits = random.nextInt(4); edits > 0; edits--) {
            edited[random.nextInt(edited.length)] = (byte) random.nextInt(4);
        }
        return edited;
    }

    /** A page that lies on the target's host, undamaged or not; one that was sent before, or the one that is there. */
    private byte[] checkpointPage(int block, int page) {
        byte[] bytes =
                switch (random.nextInt(4)) {
                    case 0 -> script.page(block, page);
                    case 1 -> StreamScript.filled(1 + random.nextInt(3));
                    default -> randomPage();
                };
        if (random.nextInt(3) > 0) {
            known.put(hex(StreamScript.sha256(bytes)), bytes);
        }
        return bytes;
    }

    private boolean readKnown(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize) {
        byte[] page = known.get(hex(Arrays.copyOfRange(digest, digestOffset, digestOffset + PageDigest.BYTES)));
        if (page == null) {
            // By contract the output may hold anything then.
            output[outputOffset] ^= 1;
            return false;
        }
        System.arraycopy(page, 0, output, outputOffset, pageSize);
        return true;
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    private byte[] randomPage() {
        byte[] page = new byte[StreamScript.PAGE_SIZE];
        random.nextBytes(page);
        return page;
    }

    /** After some records the lane goes on from an earlier one: as it was sent, or in full. */
    private void duplicate() {
        for (int lane = 0; lane < script.lanes.lanes(); lane++) {
            List<byte[]> sent = script.log.get(lane);
            List<byte[]> delivered = new ArrayList<>();
            for (int at = 0; at < sent.size(); at++) {
                delivered.add(sent.get(at));
                if (random.nextInt(6) == 0) {
                    int from = random.nextInt(at + 1);
                    sent.subList(from, at + 1).forEach(record -> delivered.add(again(record)));
                }
            }
            script.log.set(lane, delivered);
        }
    }

    private byte[] again(byte[] record) {
        return random.nextBoolean() ? inFull.getOrDefault(record, record) : record;
    }

    private static byte[][] copy(byte[][] memory) {
        byte[][] copy = new byte[memory.length][];
        for (int block = 0; block < memory.length; block++) {
            copy[block] = memory[block].clone();
        }
        return copy;
    }

    private <T> T random(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
