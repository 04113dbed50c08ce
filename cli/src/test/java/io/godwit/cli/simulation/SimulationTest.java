package io.godwit.cli.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** Hundreds of migrations, each with faults in an order of its own. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("godwit.simulation.seeds", 200);
    private static final int EVENTS = 400;

    @TempDir(factory = InMemory.class)
    Path temp;

    /** Thousands of small files, each renamed into place: where there is a file system in memory, it takes them. */
    static final class InMemory implements TempDirFactory {
        private static final Path SHARED_MEMORY = Path.of("/dev/shm");

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            return Files.isWritable(SHARED_MEMORY)
                    ? Files.createTempDirectory(SHARED_MEMORY, "godwit-simulation")
                    : Files.createTempDirectory("godwit-simulation");
        }
    }

    @Test
    void whateverIsKilledDuplicatedOrEvictedTheMemoryArrives() throws Exception {
        simulate(1, false);
    }

    @Test
    void recordsThatCannotBeReadFailTheirAttemptAndTheNextOneArrives() throws Exception {
        simulate(1_000_000, true);
    }

    private void simulate(long firstSeed, boolean damages) throws Exception {
        SimulatedTarget.Found found = new SimulatedTarget.Found(0, 0);
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            try (Simulation simulation = new Simulation(seed, damages, temp.resolve(String.valueOf(seed)))) {
                simulation.run(EVENTS);
                found = found.plus(simulation.found());
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(found.inCheckpoint()).as("pages from the checkpoint").isPositive();
        assertThat(found.inIngress()).as("pages repaired").isPositive();
    }
}
