package io.godwit.transformer.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random lanes through transformers that are killed, that compete, and whose cache is too small, with records repeated,
 * replayed, damaged and fenced off. After every record that a target applies, its memory is the source's.
 */
final class TransformerSimulationTest {
    /** More of them: {@code -Dgodwit.simulation.runs=1000}. */
    private static final int RUNS = Integer.getInteger("godwit.simulation.runs", 12);

    private static final int STEPS = 200;

    @ParameterizedTest
    @ValueSource(longs = {0, 300 << 10, TransformerHarness.BUDGET_BYTES})
    void aTargetsMemoryIsTheSourcesAfterEveryRecord(long budgetBytes) {
        long applied = 0;
        long deltas = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            try (TransformerSimulation simulation = new TransformerSimulation(seed, budgetBytes)) {
                simulation.run(STEPS);
                applied += simulation.applied();
                deltas += simulation.deltasApplied();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", cache of " + budgetBytes + " bytes: " + e.getMessage(), e);
            }
        }
        assertThat(applied).isGreaterThan((long) RUNS * STEPS / 4);
        if (budgetBytes > 0) {
            assertThat(deltas).as("deltas and unchanged pages").isGreaterThan(RUNS * 10L);
        }
    }

    @Test
    void theSimulationFindsACacheThatIsKeptOverALostRecord() {
        // A target that did not apply record 2 must not be given what only makes sense after it: the model must notice.
        Target target = new Target(4, TransformerSimulation.PAGE, "stream-a");
        target.apply(Ingress.start());
        assertThat(target.apply(Ingress.roundEnd(2))).isFalse();
        assertThat(target.isHalted()).isTrue();
        assertThat(target.apply(Ingress.roundEnd(1))).isFalse();
        assertThat(target.apply(Ingress.start("a", 2, "stream-a"))).isTrue();
    }
}
