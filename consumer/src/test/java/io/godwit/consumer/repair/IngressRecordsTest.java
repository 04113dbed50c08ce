package io.godwit.consumer.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.consumer.apply.LostRecordException;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IngressRecordsTest {
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountingConsumer consumer = new CountingConsumer();
    private long nanos;
    private int consumersMade;
    private final IngressRecords records = new IngressRecords(
            () -> {
                consumersMade++;
                return consumer;
            },
            new StreamRecordDecoder(),
            PATIENCE,
            () -> nanos);

    /** Gives so many records a poll as a fetch does, and counts what costs a round trip. */
    private static final class CountingConsumer extends MockConsumer<String, ByteBuffer> {
        private int polls;
        private int seeks;

        CountingConsumer() {
            super("none");
            setMaxPollRecords(16);
        }

        @Override
        public synchronized ConsumerRecords<String, ByteBuffer> poll(Duration timeout) {
            polls++;
            return super.poll(timeout);
        }

        @Override
        public synchronized void seek(TopicPartition partition, long offset) {
            seeks++;
            super.seek(partition, offset);
        }
    }

    @BeforeEach
    void anIngressOfTwoPartitions() {
        consumer.updatePartitions(
                Topics.PAGES,
                List.of(0, 1).stream()
                        .map(partition -> new PartitionInfo(Topics.PAGES, partition, Node.noNode(), null, null))
                        .toList());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            consumer.updateBeginningOffsets(Map.of(partition(partition), 0L));
            consumer.updateEndOffsets(Map.of(partition(partition), (long) RECORDS));
        }
        consumer.assign(List.of(partition(0), partition(1)));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (int offset = 0; offset < RECORDS; offset++) {
                add(partition, offset, batch(partition, offset));
            }
        }
        consumer.assign(List.of());
    }

    @Test
    void noConsumerIsMadeBeforeItIsNeeded() {
        records.close();

        assertThat(consumersMade).isZero();
        assertThat(consumer.closed()).isFalse();
    }

    @Test
    void aRecordIsReadByItsOffset() throws Exception {
        assertThat(first(1, 170)).isEqualTo(marker(1, 170));
    }

    @Test
    void recordsInTheirOrderAreReadWithoutSeeking() throws Exception {
        for (int offset = 10; offset < 250; offset++) {
            assertThat(first(0, offset)).isEqualTo(marker(0, offset));
        }

        assertThat(consumer.seeks).isEqualTo(1);
        assertThat(consumer.polls).isEqualTo(240 / 16);
    }

    @Test
    void partitionsInTurnDoNotDisturbOneAnother() throws Exception {
        for (int offset = 0; offset < 160; offset++) {
            assertThat(first(0, offset)).isEqualTo(marker(0, offset));
            assertThat(first(1, offset)).isEqualTo(marker(1, offset));
        }

        assertThat(consumer.seeks).isEqualTo(2);
        assertThat(consumer.polls).isEqualTo(2 * 160 / 16);
    }

    @Test
    void aFewRecordsOfOthersInBetweenAreReadOver() throws Exception {
        for (int offset = 0; offset < RECORDS; offset += 40) {
            assertThat(first(0, offset)).isEqualTo(marker(0, offset));
        }

        assertThat(consumer.seeks).isEqualTo(1);
    }

    @Test
    void aRecordFarAheadOrBehindIsSoughtOut() throws Exception {
        first(0, 5);

        assertThat(first(0, 290)).isEqualTo(marker(0, 290));
        assertThat(first(0, 3)).isEqualTo(marker(0, 3));
        assertThat(consumer.seeks).isEqualTo(3);
    }

    @Test
    void theSameRecordIsReadAgainWithoutAsking() throws Exception {
        first(0, 5);
        int polls = consumer.polls;

        assertThat(first(0, 5)).isEqualTo(marker(0, 5));
        assertThat(consumer.polls).isEqualTo(polls);
    }

    @Test
    void aRecordThatHasPassedItsRetentionIsLost() {
        consumer.updateBeginningOffsets(Map.of(partition(0), 200L));

        assertLost(
                0,
                17,
                "at offset 17 of partition 0 of godwit.pages there is no record any more: it has passed the retention"
                        + " of the ingress, or the topic was made anew");
    }

    @Test
    void aRecordBehindTheEndIsLost() {
        assertLost(
                0, RECORDS, "there is no record, it ends at 300: the topic was made anew since the stream was written");
    }

    @Test
    void aTopicThatIsNotThereIsNamed() {
        consumer.updatePartitions(Topics.PAGES, List.of());
        consumer.updateEndOffsets(Map.of(partition(0), 400L));

        assertLost(0, 350, "there is no partition 0 of topic godwit.pages");
    }

    @Test
    void aRightThatIsMissingIsNamed() {
        consumer.schedulePollTask(() -> consumer.setPollException(new TopicAuthorizationException(Topics.PAGES)));

        assertLost(0, 5, "the cluster refuses this client: it needs READ on topic godwit.pages");
    }

    @Test
    void anotherRecordAtItsPlaceIsNotTaken() {
        StreamRecord wanted = record(0, 5).withBody(new RoundEnd(1));
        StreamRecord other = new StreamRecord("other", 1, wanted.lane(), wanted.sequence(), wanted.body());

        assertThatThrownBy(() -> records.batchOf(other, new Origin(0, 5)))
                .isInstanceOf(LostRecordException.class)
                .hasMessage(
                        "at offset 5 of partition 0 of godwit.pages lies another record (migration vm1, attempt 2, lane"
                                + " 0, sequence 5): the topic was made anew since the stream was written");
    }

    @Test
    void aRecordThatIsNoBatchIsNotTaken() {
        consumer.updateEndOffsets(Map.of(partition(0), RECORDS + 1L));
        consumer.schedulePollTask(() -> add(0, RECORDS, new RoundEnd(1)));

        assertLost(0, RECORDS, "lies another record");
    }

    @Test
    void kafkaThatGivesNothingIsGivenUp() {
        consumer.updateEndOffsets(Map.of(partition(0), RECORDS + 1L));
        consumer.schedulePollTask(() -> nanos += TimeUnit.SECONDS.toNanos(31));

        assertThatThrownBy(() -> records.batchOf(record(0, RECORDS), new Origin(0, RECORDS)))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("nothing came of offset 300 of partition 0 of godwit.pages within 30 s");
    }

    @Test
    void kafkaThatDoesNotAnswerIsWaitedFor() throws Exception {
        consumer.updateEndOffsets(Map.of(partition(0), RECORDS + 1L));
        consumer.setOffsetsException(new TimeoutException("no answer"));
        consumer.schedulePollTask(() -> {});
        consumer.schedulePollTask(() -> add(0, RECORDS, batch(0, RECORDS)));

        assertThat(first(0, RECORDS)).isEqualTo(marker(0, RECORDS));
    }

    private void assertLost(int partition, int offset, String message) {
        assertThatThrownBy(() -> records.batchOf(record(partition, offset), new Origin(partition, offset)))
                .isInstanceOf(LostRecordException.class)
                .hasMessageContaining(message);
    }

    /** The first byte of the batch at an offset. */
    private byte first(int partition, int offset) throws LostRecordException {
        PageBatch batch = records.batchOf(record(partition, offset), new Origin(partition, offset));
        return batch.payload()[batch.payloadOffset()];
    }

    private static byte marker(int partition, int offset) {
        return (byte) (offset * PARTITIONS + partition);
    }

    private static PageBatch batch(int partition, int offset) {
        PageRuns runs = new PageRuns(1);
        runs.add(0, 1, PageEncoding.FILL, 1, 0);
        byte[] payload = {marker(partition, offset)};
        return new PageBatch(1, 0, runs, 0, 0, PayloadCompression.NONE, payload, 0, 1);
    }

    private static StreamRecord record(int partition, int offset) {
        return new StreamRecord("vm1", 2, partition, offset, new RoundEnd(1));
    }

    private void add(int partition, int offset, StreamBody body) {
        byte[] value = StreamRecordEncoder.encode(record(partition, offset).withBody(body));
        consumer.addRecord(new ConsumerRecord<>(
                Topics.PAGES,
                partition,
                offset,
                0L,
                TimestampType.CREATE_TIME,
                0,
                value.length,
                Topics.laneKey("vm1", partition),
                ByteBuffer.wrap(value),
                new RecordHeaders(),
                Optional.empty()));
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition(Topics.PAGES, number);
    }
}
