package io.godwit.benchmarks.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.benchmarks.pipeline.CpuMeter;
import io.godwit.cli.guest.QemuGuest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** CPU time of a QEMU less that of its virtual CPUs: what it costs to move the guest, and not what the guest does. */
final class QemuCpu implements AutoCloseable {
    private final CpuMeter process;
    private final List<CpuMeter> virtualCpus = new ArrayList<>();
    private final double before;

    QemuCpu(QemuGuest guest) throws IOException {
        long pid = guest.process().pid();
        process = CpuMeter.ofProcess(pid);
        for (JsonNode cpu : guest.qmp().execute("query-cpus-fast")) {
            virtualCpus.add(CpuMeter.ofThread(pid, cpu.path("thread-id").asLong()));
        }
        before = total();
    }

    /** CPU seconds since this was made. */
    double seconds() {
        return total() - before;
    }

    private double total() {
        double seconds = process.seconds();
        for (CpuMeter cpu : virtualCpus) {
            seconds -= cpu.seconds();
        }
        return seconds;
    }

    @Override
    public void close() {
        process.close();
        virtualCpus.forEach(CpuMeter::close);
    }
}
