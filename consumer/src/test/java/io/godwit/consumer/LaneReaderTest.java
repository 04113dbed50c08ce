package io.godwit.consumer;

import static io.godwit.consumer.apply.StreamScript.MIGRATION;
import static io.godwit.consumer.apply.StreamScript.STREAM;
import static io.godwit.consumer.apply.StreamScript.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.checkpoint.local.KnownPages;
import io.godwit.consumer.apply.RefusedStreamException;
import io.godwit.consumer.apply.StreamScript;
import io.godwit.consumer.apply.Target;
import io.godwit.consumer.sink.TargetDirectory;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamRecordDecoder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LaneReaderTest {
    private static final String TOPIC = "godwit.stream.vm1";
    private static final List<Integer> BOTH = List.of(0, 1);

    @TempDir
    Path path;

    private final MockConsumer<String, ByteBuffer> consumer = new MockConsumer<>("none");
    private final ReceiveRun run = new ReceiveRun();
    private StreamScript script;
    private TargetDirectory directory;
    private Target target;

    @BeforeEach
    void twoLanes() {
        script = new StreamScript(2, 8);
        script.begin(1);
        script.batch(1, 0).normal(0, filled(1), filled(2)).send(0);
        script.batch(1, 0).normal(4, filled(3)).send(1);
        script.endRound(1);
    }

    @AfterEach
    void close() throws Exception {
        target.close();
        directory.close();
    }

    @Test
    void allLanesAreReadToTheirEnds() throws Exception {
        script.end();
        open(OptionalInt.empty());

        read();

        assertThat(run.result()).isEqualTo(ReceiveRun.End.COMPLETED);
        assertThat(Files.readAllBytes(path.resolve("block0.ram"))).isEqualTo(script.memory[0]);
        long sent = script.log.stream()
                .flatMap(List::stream)
                .mapToLong(record -> record.length)
                .sum();
        assertThat(target.counters().bytes().wire()).isEqualTo(sent + keyBytes());
    }

    @Test
    void whatIsStoredOfALaneAndNotAppliedIsKnown() throws Exception {
        script.end();
        open(OptionalInt.empty());

        read();

        assertThat(target.counters().laneLags()).containsEntry(0, 0L);
    }

    @Test
    void lanesAreReadToTheRoundThatWasAskedForAndNoFurther() throws Exception {
        byte[] atRound = script.memory[0].clone();
        script.batch(2, 0).normal(0, filled(9)).send(0);
        script.endRound(2).end();
        open(OptionalInt.of(1));

        read();

        assertThat(run.result()).isEqualTo(ReceiveRun.End.AT_ROUND);
        assertThat(Files.readAllBytes(path.resolve("block0.ram"))).isEqualTo(atRound);
        assertThat(consumer.position(partition(0))).isEqualTo(3);
    }

    @Test
    void aRecordWithoutAValueIsRefused() throws Exception {
        open(OptionalInt.empty());
        consumer.schedulePollTask(() -> consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, 3, "vm1/0", null)));

        assertThatThrownBy(this::read)
                .isInstanceOf(RefusedStreamException.class)
                .hasMessageContaining(
                        "migration vm1, lane 0, sequence 3 expected at offset 3: the record cannot be read")
                .asInstanceOf(InstanceOfAssertFactories.type(RefusedStreamException.class))
                .extracting(RefusedStreamException::logKeys)
                .isEqualTo(Map.of("lane", "0", "sequence", "3"));
    }

    @Test
    void aHeldFaultWaitsForKafkaToTellTheLanesEnd() throws Exception {
        script.add(0, new StreamFailure("damaged"));
        open(OptionalInt.empty());
        consumer.setOffsetsException(new TimeoutException("no answer"));
        consumer.schedulePollTask(() -> {});

        assertThatThrownBy(this::read)
                .isInstanceOf(RefusedStreamException.class)
                .hasMessageContaining("lane 0, sequence 3: the transformer could not read a record of this lane");
    }

    private void open(OptionalInt untilRound) throws Exception {
        directory = TargetDirectory.claim(path, MIGRATION);
        target = new Target(MIGRATION, STREAM, 2, untilRound, directory, (ids, pageSize) -> KnownPages.NONE);
        target.resume();
        consumer.schedulePollTask(() -> BOTH.forEach(this::addRecords));
    }

    private void read() throws Exception {
        new LaneReader(consumer, TOPIC, BOTH, target, run, script.originals(), new StreamRecordDecoder()).read();
    }

    private void addRecords(int lane) {
        List<byte[]> log = script.log.get(lane);
        consumer.updateEndOffsets(Map.of(partition(lane), (long) log.size()));
        IntStream.range(0, log.size())
                .forEach(offset -> consumer.addRecord(new ConsumerRecord<>(
                        TOPIC,
                        lane,
                        offset,
                        0L,
                        TimestampType.CREATE_TIME,
                        key(lane).length(),
                        log.get(offset).length,
                        key(lane),
                        ByteBuffer.wrap(log.get(offset)),
                        new RecordHeaders(),
                        Optional.empty())));
    }

    private long keyBytes() {
        return BOTH.stream()
                .mapToLong(
                        lane -> (long) key(lane).length() * script.log.get(lane).size())
                .sum();
    }

    private static String key(int lane) {
        return MIGRATION + "/" + lane;
    }

    private static TopicPartition partition(int lane) {
        return new TopicPartition(TOPIC, lane);
    }
}
