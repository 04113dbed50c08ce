package io.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class ReplicationTest {
    @Test
    void topicsAreCreatedWithIt() {
        NewTopic topic = TopicLayout.stream("vm1", 4, Duration.ofHours(1)).newTopic(new Replication(3, 2));

        assertThat(topic.replicationFactor()).isEqualTo((short) 3);
        assertThat(topic.configs()).containsEntry("min.insync.replicas", "2").containsEntry("retention.ms", "3600000");
    }

    @Test
    void whatIsLeftToTheBrokersIsNotSet() {
        for (TopicLayout layout : TopicLayout.shared()) {
            NewTopic topic = layout.newTopic(Replication.OF_BROKERS);

            assertThat(topic.replicationFactor()).isEqualTo((short) -1);
            assertThat(topic.configs()).doesNotContainKey("min.insync.replicas");
        }
    }

    @Test
    void numbersWithWhichNothingCouldBeWrittenAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replication(2, 3))
                .withMessage("min ISR 3 is over the replication factor 2: nothing could ever be written");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replication(0, Replication.BROKERS_CHOICE))
                .withMessage("replication factor 0 is not in 1..32767");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Replication(Replication.BROKERS_CHOICE, 40_000))
                .withMessage("min ISR 40000 is not in 1..32767");
    }
}
