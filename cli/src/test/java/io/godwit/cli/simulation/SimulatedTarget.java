package io.godwit.cli.simulation;

import io.godwit.consumer.apply.Appliers;
import io.godwit.consumer.apply.LaneApplier;
import io.godwit.consumer.apply.LaneBarrier.Outcome;
import io.godwit.consumer.apply.RefusedStreamException;
import io.godwit.consumer.apply.Target;
import io.godwit.consumer.position.LanePosition;
import io.godwit.consumer.position.PositionFile;
import io.godwit.consumer.sink.TargetDirectory;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Origin;
import io.godwit.record.StreamRecordDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.LongSupplier;

/** A target: the real lane appliers on a real directory, killed between records and in the middle of one. */
final class SimulatedTarget implements AutoCloseable {
    private static final int HASH_BYTES = Long.BYTES;

    private final Log ingress;
    private final Log stream;
    private final SimulatedCheckpoint checkpoint;
    private final Path path;
    private final LongSupplier nanoClock;
    private final long[] offsets = new long[Guest.LANE_COUNT];
    private TargetDirectory directory;
    private Target target;
    private Appliers appliers;
    private List<LaneApplier> lanes;
    private PositionFile positions;
    private Found foundBefore = new Found(0, 0);

    /** How many pages that came as hashes were found where. */
    record Found(long inCheckpoint, long inIngress) {
        Found plus(Found other) {
            return new Found(inCheckpoint + other.inCheckpoint, inIngress + other.inIngress);
        }
    }

    /** @param nanoClock as {@link System#nanoTime} */
    SimulatedTarget(Log ingress, Log stream, SimulatedCheckpoint checkpoint, Path path, LongSupplier nanoClock)
            throws Exception {
        this.ingress = ingress;
        this.stream = stream;
        this.checkpoint = checkpoint;
        this.path = path;
        this.nanoClock = nanoClock;
        open();
    }

    boolean hasInput(int lane) {
        return offsets[lane] < stream.end(lane);
    }

    /** The record that the lane reads next. */
    Log.Entry next(int lane) {
        return stream.get(lane, offsets[lane]);
    }

    /** Applies the lane's next record. */
    void step(int lane) throws Exception {
        Log.Entry entry = next(lane);
        lanes.get(lane)
                .accept(
                        entry.value(),
                        0,
                        entry.value().length,
                        offsets[lane],
                        new Origin(Simulation.partitionOf(lane), entry.origin()));
        offsets[lane]++;
    }

    /** Tells the lane that it was read as far as it goes now. */
    void reached(int lane) throws RefusedStreamException {
        lanes.get(lane).reached(offsets[lane]);
    }

    /** Dies, and is started again. */
    void restart() throws Exception {
        close();
        open();
    }

    /**
     * Dies while it applies the lane's next record, and is started again: of the record's pages some were written, of those some
     * hashes, and the position not at all.
     */
    void restartWithin(int lane, Random random) throws Exception {
        if (!Files.exists(position())) {
            restart();
            return;
        }
        byte[] positionBefore = Files.readAllBytes(position());
        byte[] hashesBefore = Files.readAllBytes(hashes());
        List<byte[]> memoryBefore = memory();
        step(lane);
        close();
        byte[] hashesAfter = Files.readAllBytes(hashes());
        List<byte[]> memoryAfter = memory();
        for (int page = 0; page < Guest.PAGES; page++) {
            int written = random.nextInt(3);
            if (written < 2) {
                System.arraycopy(hashesBefore, page * HASH_BYTES, hashesAfter, page * HASH_BYTES, HASH_BYTES);
            }
            if (written == 0) {
                int at = Guest.index(page) * Guest.PAGE_SIZE;
                int block = Guest.block(page);
                System.arraycopy(memoryBefore.get(block), at, memoryAfter.get(block), at, Guest.PAGE_SIZE);
            }
        }
        overwrite(position(), positionBefore);
        overwrite(hashes(), hashesAfter);
        List<Path> files = RamDirectory.open(path).files();
        for (int block = 0; block < files.size(); block++) {
            overwrite(files.get(block), memoryAfter.get(block));
        }
        open();
    }

    /** Where a lane stands: what a restart would go on from. */
    LanePosition position(int lane) throws IOException {
        if (positions == null && Files.exists(position())) {
            positions = PositionFile.open(position());
        }
        return positions == null ? LanePosition.NONE : positions.load(lane);
    }

    /** Whether all lanes have ended in the same attempt. */
    boolean hasEnded() {
        return target.barrier().outcome() == Outcome.ENDED;
    }

    int newestAttempt() {
        return target.barrier().newestAttempt();
    }

    void complete() throws Exception {
        target.complete();
    }

    /** The bytes of all blocks; empty before the first start. */
    List<byte[]> memory() throws IOException {
        List<byte[]> memory = new ArrayList<>();
        if (Files.exists(path.resolve(RamDirectory.MANIFEST_FILE))) {
            for (Path file : RamDirectory.open(path).files()) {
                memory.add(Files.readAllBytes(file));
            }
        }
        return memory;
    }

    static byte[] page(List<byte[]> memory, int page) {
        int at = Guest.index(page) * Guest.PAGE_SIZE;
        return Arrays.copyOfRange(memory.get(Guest.block(page)), at, at + Guest.PAGE_SIZE);
    }

    /** Since the beginning, over all restarts. */
    Found found() {
        long repaired = target.counters().repaired();
        long named = target.counters().pages().hash() - target.counters().placed();
        return foundBefore.plus(new Found(named - repaired, repaired));
    }

    @Override
    public void close() throws IOException {
        foundBefore = found();
        appliers.close();
        target.close();
        directory.close();
    }

    private void open() throws Exception {
        directory = TargetDirectory.claim(path, Guest.MIGRATION);
        target = new Target(
                Guest.MIGRATION,
                Guest.STREAM,
                Guest.LANE_COUNT,
                OptionalInt.empty(),
                directory,
                (ids, pageSize) -> checkpoint::read);
        target.resume();
        appliers = new Appliers(new SimulatedIngress(ingress), new StreamRecordDecoder());
        lanes = new ArrayList<>();
        for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
            lanes.add(new LaneApplier(target, lane, appliers, stream::end, nanoClock));
            offsets[lane] = lanes.get(lane).readOffset();
        }
    }

    private Path position() {
        return path.resolve(".godwit").resolve("position");
    }

    private Path hashes() {
        return path.resolve(".godwit").resolve("hashes");
    }

    /** Writes in place: the file may still be mapped. */
    private static void overwrite(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
        }
    }
}
