package io.godwit.cli.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The Java process itself: what tells a heap that is too small, or a busy machine, from a slow migration. */
final class JvmMetrics {
    private static final double MILLIS_PER_SECOND = TimeUnit.SECONDS.toMillis(1);
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private JvmMetrics() {}

    static void collect(MetricFamilies families) {
        collectMemory(families);
        collectGarbageCollectors(families);
        families.gauge(
                "jvm_threads_current",
                "Threads of the process.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        families.gauge(
                "process_start_time_seconds",
                "When the process started, in seconds since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
        collectSystem(families);
    }

    private static void collectMemory(MetricFamilies families) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        MemoryUsage heap = memory.getHeapMemoryUsage();
        families.gauge(
                "jvm_memory_used_bytes",
                "Memory in use, by area.",
                "area",
                Map.of(
                        "heap",
                        heap.getUsed(),
                        "nonheap",
                        memory.getNonHeapMemoryUsage().getUsed()));
        families.gauge(
                "jvm_memory_max_bytes",
                "Memory that may be used, by area: the heap is what GODWIT_HEAP says.",
                "area",
                Map.of("heap", heap.getMax()));
        Map<String, Long> buffers = new HashMap<>();
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            buffers.put(pool.getName(), pool.getMemoryUsed());
        }
        families.gauge(
                "jvm_buffer_pool_used_bytes", "Memory outside of the heap that buffers use, by pool.", "pool", buffers);
    }

    private static void collectGarbageCollectors(MetricFamilies families) {
        Map<String, Long> collections = new HashMap<>();
        Map<String, Double> seconds = new HashMap<>();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            // Negative where the JVM does not say.
            collections.put(collector.getName(), Math.max(0, collector.getCollectionCount()));
            seconds.put(collector.getName(), Math.max(0, collector.getCollectionTime()) / MILLIS_PER_SECOND);
        }
        families.counter("jvm_gc_collections_total", "Garbage collections, by collector.", "gc", collections);
        families.counter(
                "jvm_gc_collection_seconds_total", "Time spent in garbage collections, by collector.", "gc", seconds);
    }

    private static void collectSystem(MetricFamilies families) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            families.counter(
                    "process_cpu_seconds_total",
                    "Processor time that the process has used.",
                    system.getProcessCpuTime() / NANOS_PER_SECOND);
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            families.gauge("process_open_fds", "File descriptors that are open.", unix.getOpenFileDescriptorCount());
        }
    }
}
