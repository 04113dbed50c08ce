package io.godwit.cli.simulation;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of migrations, each with faults in an order of its own. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("godwit.simulation.seeds", 200);
    private static final int EVENTS = 400;

    @TempDir
    Path temp;

    @Test
    void whateverIsKilledDuplicatedOrEvictedTheMemoryArrives() throws Exception {
        simulate(1, false);
    }

    @Test
    void recordsThatCannotBeReadFailTheirAttemptAndTheNextOneArrives() throws Exception {
        simulate(1_000_000, true);
    }

    private void simulate(long firstSeed, boolean damages) throws Exception {
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            try (Simulation simulation = new Simulation(seed, damages, temp.resolve(String.valueOf(seed)))) {
                simulation.run(EVENTS);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
