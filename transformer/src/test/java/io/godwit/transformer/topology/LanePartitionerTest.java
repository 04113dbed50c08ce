package io.godwit.transformer.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LanePartitionerTest {
    private final LanePartitioner partitioner = new LanePartitioner();

    @Test
    void aLaneIsThePartitionOfItsNumber() {
        for (int lane : new int[] {0, 1, 7, 1023}) {
            assertThat(partitioner.partitions("godwit.stream.vm", "vm/" + lane, new byte[0], 1024))
                    .isEqualTo(Optional.of(Set.of(lane)));
        }
    }

    @Test
    void aLaneWithoutAPartitionIsRefusedInsteadOfWaitedFor() {
        assertThatThrownBy(() -> partitioner.partitions("godwit.stream.vm", "vm/4", new byte[0], 4))
                .isInstanceOf(NoSuchLaneException.class)
                .hasMessage("topic godwit.stream.vm has 4 partitions, none for lane 4");
    }
}
