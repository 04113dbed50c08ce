package io.godwit.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @ParameterizedTest
    @ValueSource(strings = {"vm1", "VM-1.blue_2", ".", "..", "-"})
    void aMigrationsNameMakesATopicThatKafkaAccepts(String migration) {
        assertThat(Topics.stream(migration)).isEqualTo("godwit.stream." + migration);
        Topic.validate(Topics.stream(migration));
    }

    @Test
    void theLongestNameMakesTheLongestTopic() {
        String longest = "m".repeat(235);
        Topic.validate(Topics.stream(longest));
        assertThatThrownBy(() -> Topics.stream(longest + "m")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "é", "a\n", "a:b"})
    void otherNamesAreRefusedInOneLine(String migration) {
        assertThatThrownBy(() -> Topics.checkMigration(migration))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("migration name '" + migration
                        + "' is not allowed: use 1 to 235 letters, digits, '.', '_' and '-'");
    }

    @Test
    void lanesOfAMigrationAreDealtToAllPartitionsOfTheIngress() {
        for (String migration : new String[] {"vm1", "vm2", "zz", "polygenelubricants"}) {
            assertThat(IntStream.range(0, 8).map(lane -> Topics.pagesPartition(migration, lane, 8)))
                    .as(migration)
                    .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
        }
    }

    @Test
    void namesThatOperatorsWriteRulesAgainstStayTheSame() {
        assertThat(Topics.PAGES).isEqualTo("godwit.pages");
        assertThat(Topics.MIGRATIONS).isEqualTo("godwit.migrations");
        assertThat(Topics.CHECKPOINTS).isEqualTo("godwit.checkpoints");
        assertThat(Topics.CHECKPOINT_NAMES).isEqualTo("godwit.checkpoint-names");
        assertThat(Topics.DEAD_LETTERS).isEqualTo("godwit.dead-letters");
        assertThat(Topics.ORIGIN_HEADER).isEqualTo("godwit.origin");
        assertThat(Topics.laneKey("vm1", 3)).isEqualTo("vm1/3");
        // String.hashCode is specified, so a place in the ingress never moves.
        assertThat(Topics.pagesPartition("vm1", 0, 8)).isEqualTo(2);
    }
}
