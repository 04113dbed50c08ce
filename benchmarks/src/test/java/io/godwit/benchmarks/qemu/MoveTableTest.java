package io.godwit.benchmarks.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class MoveTableTest {
    @Test
    void aRowShowsTheMedianOfItsRunsAndADashForARoleThatThereIsNot() {
        MoveTable table = new MoveTable();
        for (int seconds : new int[] {9, 2, 4}) {
            table.add(
                    GuestWorkload.BUSY,
                    Cap.GIGABIT,
                    "plain",
                    new MoveMeasurement(seconds, 1_000_000, 3, 20, 10, Map.of("source", 0.5, "destination", 1.5)));
        }

        assertThat(table.markdown().lines())
                .hasSize(3)
                .last()
                .isEqualTo("| busy | 125 MB/s | plain | 4.00 | 1 | 3 | 20 | 10 | 0.50 | 1.50 | – | – | – | – |");
    }

    @Test
    void rowsOfOneGuestStandTogether() {
        MoveTable table = new MoveTable();
        MoveMeasurement measured = new MoveMeasurement(1, 1, 1, 1, 1, Map.of());
        table.add(GuestWorkload.BUSY, Cap.NONE, "plain", measured);
        table.add(GuestWorkload.LIGHT, Cap.GIGABIT, "plain", measured);
        table.add(GuestWorkload.LIGHT, Cap.NONE, "plain", measured);

        assertThat(table.text().lines().skip(1).map(line -> line.strip().split(" ", -1)[0]))
                .containsExactly("light", "light", "busy");
    }
}
