package io.godwit.benchmarks.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.benchmarks.pipeline.GodwitRoles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

final class QemuBenchmarkTest {
    /** Never started. */
    private static final GodwitRoles NONE = new GodwitRoles(Path.of("godwit"), Path.of("scratch"));

    @Test
    void withoutOptionsEverythingIsMeasured() {
        QemuBenchmark benchmark = parse();

        assertThat(benchmark.workloads()).containsExactly(GuestWorkload.values());
        assertThat(benchmark.caps()).containsExactly(Cap.values());
        assertThat(benchmark.contenders(NONE)).extracting(Contender::title).contains("plain", "xbzrle", "multifd+zstd");
    }

    @Test
    void workloadsCapsAndModesCanBeChosen() {
        QemuBenchmark benchmark =
                parse("--workload", "busy", "--cap", "gigabit", "--mode", "multifd+zstd,plain", "--runs", "1");

        assertThat(benchmark.workloads()).containsExactly(GuestWorkload.BUSY);
        assertThat(benchmark.caps()).containsExactly(Cap.GIGABIT);
        assertThat(benchmark.contenders(NONE)).extracting(Contender::title).containsExactly("plain", "multifd+zstd");
    }

    @Test
    void aModeThatNobodyKnowsIsRefusedWithThoseThatThereAre() {
        QemuBenchmark benchmark = parse("--mode", "postcopy");

        assertThatThrownBy(() -> benchmark.contenders(NONE))
                .isInstanceOf(ParameterException.class)
                .hasMessageContainingAll("postcopy", "plain, xbzrle, multifd+zstd");
    }

    @Test
    void aWorkloadThatNobodyKnowsIsRefused() {
        assertThatThrownBy(() -> parse("--workload", "idle")).isInstanceOf(ParameterException.class);
    }

    private static QemuBenchmark parse(String... arguments) {
        QemuBenchmark benchmark = new QemuBenchmark();
        QemuBenchmark.commandLine(benchmark).parseArgs(arguments);
        return benchmark;
    }
}
