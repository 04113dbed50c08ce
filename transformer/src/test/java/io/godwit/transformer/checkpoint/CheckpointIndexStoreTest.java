package io.godwit.transformer.checkpoint;

import static io.godwit.transformer.checkpoint.Checkpoints.PAGE_SIZE;
import static io.godwit.transformer.checkpoint.Checkpoints.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.godwit.record.CheckpointChunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointIndexStoreTest {
    private static final String ID = id(7);
    private static final long ROOMY = 64 << 20;

    private final CheckpointIndexStore store = new CheckpointIndexStore("checkpoint-index", ROOMY);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4095, 4096, 4097, 3 * 4096, 50_000})
    void aCheckpointHoldsItsPagesAndNoOthersInWhateverOrderItsChunksCome(int pages) {
        byte[][] hashes = Checkpoints.hashes(pages, pages);
        List<CheckpointChunk> chunks = Checkpoints.chunks(ID, PAGE_SIZE, hashes);
        Collections.shuffle(chunks, new Random(pages));

        for (CheckpointChunk chunk : chunks) {
            assertThat(store.find(ID)).isNull();
            store.put(chunk);
        }

        IndexedCheckpoint checkpoint = store.find(ID);
        assertThat(checkpoint.pages()).isEqualTo(pages);
        assertThat(checkpoint.pageSize()).isEqualTo(PAGE_SIZE);
        for (byte[] hash : hashes) {
            assertThat(checkpoint.contains(hash, 0)).isTrue();
        }
        Set<ByteBuffer> oracle = new HashSet<>();
        Arrays.stream(hashes).forEach(hash -> oracle.add(ByteBuffer.wrap(hash)));
        for (byte[] other : others(hashes)) {
            assertThat(checkpoint.contains(other, 0)).isEqualTo(oracle.contains(ByteBuffer.wrap(other)));
        }
    }

    /** Random ones, the ends of the range, and such as differ from a hash that is there within its first 8 bytes. */
    private static List<byte[]> others(byte[][] hashes) {
        List<byte[]> others = new ArrayList<>(List.of(Checkpoints.hashes(10_000, 999)));
        others.add(new byte[32]);
        byte[] largest = new byte[32];
        Arrays.fill(largest, (byte) 0xFF);
        others.add(largest);
        for (int hash = 0; hash < hashes.length; hash += 100) {
            byte[] near = hashes[hash].clone();
            near[6]++;
            others.add(near);
        }
        return others;
    }

    @Test
    void aDigestIsReadWhereItLies() {
        byte[][] hashes = Checkpoints.hashes(3, 1);
        Checkpoints.chunks(ID, PAGE_SIZE, hashes).forEach(store::put);
        byte[] digests = new byte[100];
        System.arraycopy(hashes[1], 0, digests, 68, 32);

        assertThat(store.find(ID).contains(digests, 68)).isTrue();
        assertThat(store.find(ID).contains(digests, 67)).isFalse();
    }

    @Test
    void aCheckpointWithoutOneOfItsChunksIsOutOfUseUntilTheChunkIsBack() {
        List<CheckpointChunk> chunks = Checkpoints.chunks(ID, PAGE_SIZE, Checkpoints.hashes(10_000, 1));
        chunks.forEach(store::put);

        store.remove(ID, 1);
        assertThat(store.find(ID)).isNull();

        store.put(chunks.get(1));
        assertThat(store.find(ID).pages()).isEqualTo(10_000);
    }

    @Test
    void aChunkThatComesAgainChangesNothing() {
        List<CheckpointChunk> chunks = Checkpoints.chunks(ID, PAGE_SIZE, Checkpoints.hashes(10_000, 1));
        chunks.forEach(store::put);
        IndexedCheckpoint before = store.find(ID);
        long usedBytes = store.usedBytes();

        chunks.forEach(store::put);

        assertThat(store.find(ID)).isSameAs(before);
        assertThat(store.usedBytes()).isEqualTo(usedBytes);
    }

    @Test
    void aChunkThatContradictsTheOthersTakesTheCheckpointOutOfUseUntilItIsCorrected() {
        byte[][] hashes = Checkpoints.hashes(10_000, 1);
        List<CheckpointChunk> chunks = Checkpoints.chunks(ID, PAGE_SIZE, hashes);
        CheckpointChunk right = chunks.get(1);
        for (CheckpointChunk wrong : List.of(
                new CheckpointChunk(ID, PAGE_SIZE, 1, 4, right.hashes()),
                new CheckpointChunk(ID, PAGE_SIZE, 1, 2, right.hashes()),
                new CheckpointChunk(ID, 8192, 1, 3, right.hashes()),
                new CheckpointChunk(ID, PAGE_SIZE, 1, 3, chunks.get(0).hashes()))) {
            chunks.forEach(store::put);
            assertThat(store.find(ID)).isNotNull();

            store.put(wrong);
            assertThat(store.find(ID)).as(wrong.toString()).isNull();

            store.put(right);
            assertThat(store.find(ID).pages()).isEqualTo(10_000);
        }
    }

    @Test
    void hashesThatDoNotAscendAreRefused() {
        byte[] hashes = new byte[64];
        hashes[0] = 2;
        hashes[32] = 1;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.put(new CheckpointChunk(ID, PAGE_SIZE, 0, 1, hashes)))
                .withMessage("hash 1 is less than the one before");
    }

    @Test
    void anIndexTakesLittleMoreThanEightBytesAPageAndNothingOnceItsCheckpointsAreGone() {
        int pages = 100_000;
        for (int number = 0; number < 3; number++) {
            Checkpoints.chunks(id(number), PAGE_SIZE, Checkpoints.hashes(pages, number))
                    .forEach(store::put);
        }
        assertThat(store.usedBytes()).isBetween(3L * 8 * pages, 3L * 9 * pages);

        for (int number = 0; number < 3; number++) {
            for (int chunk = 0; chunk < CheckpointChunk.chunksOf(pages); chunk++) {
                store.remove(id(number), chunk);
            }
        }
        store.remove(ID, 0);

        assertThat(store.usedBytes()).isZero();
    }

    @Test
    void aCheckpointForWhichThereIsNoRoomIsNotUsedAndTheOthersStay() {
        CheckpointIndexStore small = new CheckpointIndexStore("checkpoint-index", 100_000);
        List<CheckpointChunk> fits = Checkpoints.chunks(id(1), PAGE_SIZE, Checkpoints.hashes(5_000, 1));
        List<CheckpointChunk> tooLarge = Checkpoints.chunks(id(2), PAGE_SIZE, Checkpoints.hashes(10_000, 2));
        fits.forEach(small::put);
        long usedBytes = small.usedBytes();

        tooLarge.forEach(small::put);

        assertThat(small.find(id(2))).isNull();
        assertThat(small.find(id(1))).isNotNull();
        assertThat(small.usedBytes()).isEqualTo(usedBytes);
        for (int chunk = 0; chunk < 2; chunk++) {
            small.remove(id(1), chunk);
        }
        for (int chunk = 0; chunk < 3; chunk++) {
            small.remove(id(2), chunk);
        }
        tooLarge.forEach(small::put);
        assertThat(small.find(id(2)).pages()).isEqualTo(10_000);
    }

    /** What compaction leaves is the newest record of each key: that alone must decide. */
    @Test
    void whatIsInUseFollowsFromTheNewestRecordOfEachChunk() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            CheckpointIndexStore whole = new CheckpointIndexStore("checkpoint-index", ROOMY);
            List<List<CheckpointChunk>> versions = List.of(
                    Checkpoints.chunks(ID, PAGE_SIZE, Checkpoints.hashes(9_000, 1)),
                    Checkpoints.chunks(ID, PAGE_SIZE, Checkpoints.hashes(8_000, 1)),
                    Checkpoints.chunks(ID, 8192, Checkpoints.hashes(9_000, 1)));
            Map<Integer, CheckpointChunk> newest = new HashMap<>();
            for (int event = 0; event < 20; event++) {
                List<CheckpointChunk> version = versions.get(random.nextInt(4) == 0 ? random.nextInt(3) : 0);
                CheckpointChunk chunk = version.get(random.nextInt(version.size()));
                if (random.nextInt(5) == 0) {
                    whole.remove(ID, chunk.chunk());
                    newest.remove(chunk.chunk());
                } else {
                    whole.put(chunk);
                    newest.put(chunk.chunk(), chunk);
                }
                CheckpointIndexStore compacted = new CheckpointIndexStore("checkpoint-index", ROOMY);
                newest.values().forEach(compacted::put);

                assertThat(whole.find(ID) == null)
                        .as("seed %d, event %d", seed, event)
                        .isEqualTo(compacted.find(ID) == null);
                assertThat(whole.usedBytes()).isEqualTo(compacted.usedBytes());
            }
        }
    }

    @Test
    void aStoreThatIsOpenedAgainIsEmpty() {
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
        store.init(context.getStateStoreContext(), store);
        Checkpoints.chunks(ID, PAGE_SIZE, Checkpoints.hashes(10, 1)).forEach(store::put);

        store.close();
        store.init(context.getStateStoreContext(), store);

        assertThat(store.isOpen()).isTrue();
        assertThat(store.find(ID)).isNull();
        assertThat(store.usedBytes()).isZero();
    }
}
