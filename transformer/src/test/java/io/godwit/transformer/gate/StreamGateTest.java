package io.godwit.transformer.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.client.MissingRightException;
import io.godwit.transformer.gate.StreamGate.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

final class StreamGateTest {
    /** What the cluster was asked, in order. */
    private final List<String> questions = new ArrayList<>();

    private Optional<String> id = Optional.of("stream-1");
    private KafkaException failure;
    private final StreamGate gate = new StreamGate(new StreamTopics() {
        @Override
        public Optional<String> idOf(String topic) {
            return answer("ask " + topic);
        }

        @Override
        public Optional<String> awaitId(String topic, String expected) {
            return answer("await " + topic + " " + expected);
        }

        private Optional<String> answer(String question) {
            questions.add(question);
            if (failure != null) {
                throw failure;
            }
            return id;
        }
    });

    @Test
    void aStreamWhoseTopicHasItsIdIsNotRefused() {
        assertThat(gate.refusal("vm", "stream-1")).isEmpty();
        assertThat(questions).containsExactly("await godwit.stream.vm stream-1");
    }

    @Test
    void aStreamWithoutATopicIsRefusedAndWaitedForOnlyOnce() {
        id = Optional.empty();

        Refusal missing = new Refusal("topic godwit.stream.vm does not exist", false);
        assertThat(gate.refusal("vm", "stream-1")).contains(missing);
        assertThat(gate.refusal("vm", "stream-1")).contains(missing);
        assertThat(gate.refusal("vm", "stream-2")).isPresent();
        assertThat(questions)
                .containsExactly(
                        "await godwit.stream.vm stream-1", "ask godwit.stream.vm", "await godwit.stream.vm stream-2");
    }

    @Test
    void aStreamWhoseTopicWasMadeAnewIsRefused() {
        assertThat(gate.refusal("vm", "stream-0"))
                .contains(new Refusal(
                        "topic godwit.stream.vm has the id stream-1, not stream-0: it was deleted and made again",
                        false));
    }

    @Test
    void aStreamThatMayNotBeWrittenIsRefusedByTheNameOfTheRight() {
        failure = new MissingRightException(AclOperation.WRITE, ResourceType.TOPIC, "godwit.stream.vm");

        assertThat(gate.refusal("vm", "stream-1"))
                .contains(new Refusal(
                        "the cluster refuses the transformer: it needs WRITE on topic godwit.stream.vm", true));
        assertThat(gate.isGone("godwit.stream.vm")).isFalse();
    }

    @Test
    void whereTheClusterDoesNotSayRecordsGoOn() {
        failure = new TimeoutException("no answer");

        assertThat(gate.refusal("vm", "stream-1")).isEmpty();
        assertThat(gate.isGone("vm")).isFalse();
    }

    @Test
    void aClosureCountsOnceUntilALaneIsOpened() {
        assertThat(gate.close("vm", "first")).isTrue();
        assertThat(gate.close("vm", "the same again")).isFalse();
        assertThat(gate.closures("vm")).isEqualTo(1);
        assertThat(gate.reason("vm")).isEqualTo("first");

        assertThat(gate.refusal("vm", "stream-1")).isEmpty();
        assertThat(gate.close("vm", "second")).isTrue();

        assertThat(gate.closures("vm")).isEqualTo(2);
        assertThat(gate.reason("vm")).isEqualTo("second");
        assertThat(gate.closures("other")).isZero();
        assertThat(gate.reason("other")).isEmpty();
    }
}
