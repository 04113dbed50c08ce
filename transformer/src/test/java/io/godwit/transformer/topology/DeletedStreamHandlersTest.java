package io.godwit.transformer.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.topic.Topics;
import io.godwit.transformer.gate.StreamGate;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DeletedStreamHandlersTest {
    private final FakeStreamTopics topics = new FakeStreamTopics();
    private final StreamGate gate = new StreamGate(topics);
    private final DeletedStreamProcessingHandler processing = new DeletedStreamProcessingHandler();
    private final DeletedStreamProductionHandler production = new DeletedStreamProductionHandler();

    @BeforeEach
    void configure() {
        Map<String, Object> settings = Map.of(StreamFailures.GATE_CONFIG, gate);
        processing.configure(settings);
        production.configure(settings);
    }

    @Test
    void aTimeoutOnATopicThatIsGoneClosesItsMigrationAndGoesOn() {
        assertThat(produced(Topics.stream("vm"), new TimeoutException("expired")))
                .isEqualTo(ProductionExceptionHandler.Result.RESUME);
        assertThat(processed("vm/3", new TimeoutException("no metadata")))
                .isEqualTo(ProcessingExceptionHandler.Result.RESUME);
        assertThat(gate.closures("vm")).isOne();
        assertThat(gate.reason("vm")).isEqualTo("topic godwit.stream.vm does not exist any more");
        assertThat(gate.closures("other")).isZero();
    }

    @Test
    void aTimeoutOnATopicThatExistsFails() {
        topics.create(Topics.stream("vm"), "id");

        assertThat(produced(Topics.stream("vm"), new TimeoutException("expired")))
                .isEqualTo(ProductionExceptionHandler.Result.FAIL);
        assertThat(processed("vm/3", new TimeoutException("no metadata")))
                .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
        assertThat(gate.closures("vm")).isZero();
    }

    @Test
    void aTimeoutWhileTheClusterDoesNotAnswerFails() {
        topics.fail();

        assertThat(produced(Topics.stream("vm"), new TimeoutException("expired")))
                .isEqualTo(ProductionExceptionHandler.Result.FAIL);
    }

    @Test
    void whatATopicDoesNotTakeClosesItsMigrationAndGoesOn() {
        topics.create(Topics.stream("vm"), "id");

        assertThat(produced(Topics.stream("vm"), new RecordTooLargeException("too large")))
                .isEqualTo(ProductionExceptionHandler.Result.RESUME);
        assertThat(gate.reason("vm")).isEqualTo("topic godwit.stream.vm does not take a record: too large");
        assertThat(processed("vm2/9", new StreamsException(new NoSuchLaneException("no lane 9"))))
                .isEqualTo(ProcessingExceptionHandler.Result.RESUME);
        assertThat(gate.reason("vm2")).isEqualTo("topic godwit.stream.vm2 does not take a record: no lane 9");
    }

    @Test
    void everyOtherFailureFails() {
        assertThat(produced(Topics.stream("vm"), new NotEnoughReplicasException("one of two")))
                .isEqualTo(ProductionExceptionHandler.Result.FAIL);
        assertThat(produced(Topics.DEAD_LETTERS, new TimeoutException("expired")))
                .isEqualTo(ProductionExceptionHandler.Result.FAIL);
        assertThat(processed("vm/3", new IllegalStateException("a bug")))
                .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
        assertThat(processed("no-lane", new TimeoutException("no metadata")))
                .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
        assertThat(processed(null, new TimeoutException("no metadata")))
                .isEqualTo(ProcessingExceptionHandler.Result.FAIL);
    }

    private ProductionExceptionHandler.Result produced(String topic, Exception failure) {
        return production
                .handleError(null, new ProducerRecord<>(topic, new byte[0]), failure)
                .result();
    }

    private ProcessingExceptionHandler.Result processed(String key, Exception failure) {
        return processing
                .handleError(null, new Record<>(key, new byte[0], 0), failure)
                .result();
    }
}
