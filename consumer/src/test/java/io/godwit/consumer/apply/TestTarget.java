package io.godwit.consumer.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.consumer.sink.TargetDirectory;
import io.godwit.consumer.sink.TargetException;
import io.godwit.consumer.sink.TargetStore;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.StreamRecordDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** A target in a directory, its lanes read by one thread: what a receiver does, without Kafka. */
final class TestTarget implements AutoCloseable {
    final Path path;
    final Target target;
    final List<LaneApplier> lanes = new ArrayList<>();

    private final TargetDirectory directory;
    private final Appliers appliers;
    private long nowNanos;

    private TestTarget(StreamScript script, Path path, OptionalInt untilRound, UnaryOperator<TargetStore> store)
            throws TargetException, IOException {
        this.path = path;
        appliers = new Appliers(script.originals(), new StreamRecordDecoder());
        directory = TargetDirectory.claim(path, StreamScript.MIGRATION);
        target = new Target(
                StreamScript.MIGRATION,
                StreamScript.STREAM,
                script.lanes.lanes(),
                untilRound,
                store.apply(directory),
                script.held);
        try {
            target.resume();
            for (int lane = 0; lane < script.lanes.lanes(); lane++) {
                lanes.add(new LaneApplier(
                        target, lane, appliers, of -> script.log.get(of).size(), () -> nowNanos));
            }
        } catch (TargetException | IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static TestTarget open(StreamScript script, Path path) throws TargetException, IOException {
        return open(script, path, OptionalInt.empty());
    }

    static TestTarget open(StreamScript script, Path path, OptionalInt untilRound) throws TargetException, IOException {
        return open(script, path, untilRound, store -> store);
    }

    static TestTarget open(StreamScript script, Path path, OptionalInt untilRound, UnaryOperator<TargetStore> store)
            throws TargetException, IOException {
        return new TestTarget(script, path, untilRound, store);
    }

    /** Applies the record at {@code offset} of a lane. */
    void accept(StreamScript script, int lane, int offset) throws RefusedStreamException, TargetException, IOException {
        byte[] record = script.log.get(lane).get(offset);
        lanes.get(lane).accept(record, 0, record.length, offset, script.originOf(record));
    }

    /** Reads every lane from where it stands to its end, or to where it waits. */
    void readAll(StreamScript script) throws RefusedStreamException, TargetException, IOException {
        for (int lane = 0; lane < lanes.size(); lane++) {
            read(script, lane);
        }
    }

    /** Reads a lane from where it stands to its end, or to where it waits. */
    void read(StreamScript script, int lane) throws RefusedStreamException, TargetException, IOException {
        int offset = Math.toIntExact(lanes.get(lane).readOffset());
        while (offset < script.log.get(lane).size() && !target.barrier().isWaiting(lane)) {
            accept(script, lane, offset);
            offset++;
        }
        lanes.get(lane).reached(offset);
        nowNanos += Duration.ofHours(1).toNanos();
        lanes.get(lane).reached(offset);
    }

    /** What lies in the target's files. */
    byte[][] memory() throws IOException {
        RamDirectory ram = RamDirectory.open(path);
        byte[][] memory = new byte[ram.files().size()][];
        for (int block = 0; block < memory.length; block++) {
            memory[block] = Files.readAllBytes(ram.files().get(block));
        }
        return memory;
    }

    void assertComplete(StreamScript script) throws RefusedStreamException, IOException {
        assertThat(target.barrier().outcome()).isEqualTo(LaneBarrier.Outcome.ENDED);
        target.complete();
        assertThat(memory()).isDeepEqualTo(script.memory);
    }

    @Override
    public void close() throws IOException {
        appliers.close();
        target.close();
        directory.close();
    }
}
