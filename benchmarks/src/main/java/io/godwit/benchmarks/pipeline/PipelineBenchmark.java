package io.godwit.benchmarks.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs every workload through Godwit's roles and through the bare pass-through, alternately, and prints the table. */
@Command(
        name = "pipeline-benchmark",
        mixinStandardHelpOptions = true,
        description = "Measures Godwit end to end beside a bare two-hop Kafka pass-through of the same bytes.")
final class PipelineBenchmark implements Callable<Integer> {
    @Option(names = "--godwit", defaultValue = "./godwit", description = "The launcher (default: ${DEFAULT-VALUE}).")
    private Path launcher;

    @Option(names = "--memory", defaultValue = "1024", description = "MiB of guest memory (default: ${DEFAULT-VALUE}).")
    private int memoryMib;

    @Option(
            names = "--runs",
            defaultValue = "3",
            description = "Measured runs of each row (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--work-dir", description = "Scratch directory (default: a temporary one).")
    private Path workDirectory;

    @Option(names = "--guest-ram", description = "A RAM directory of a real guest, measured as well.")
    private Path guestRam;

    @Option(names = "--output", description = "Also writes the table to this Markdown file.")
    private Path output;

    public static void main(String[] args) {
        System.exit(new CommandLine(new PipelineBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path scratch = workDirectory == null ? Files.createTempDirectory("godwit-bench") : workDirectory;
        try (Pipeline pipeline = new Pipeline(launcher, scratch)) {
            ResultTable table = new ResultTable(memoryMib, runs);
            pipeline.start();
            for (Workload workload : Workload.values()) {
                Path ram = scratch.resolve("ram-" + workload);
                workload.write(ram, (long) memoryMib << 20);
                measure(pipeline, table, workload.title, ram);
            }
            if (guestRam != null) {
                measure(pipeline, table, "Linux guest", guestRam);
            }
            measureLive(pipeline, table);
            String markdown = table.markdown();
            System.out.println(markdown);
            if (output != null) {
                Files.writeString(output, markdown);
            }
        }
        return 0;
    }

    private void measure(Pipeline pipeline, ResultTable table, String title, Path ram) throws Exception {
        // The first pair of runs warms broker and transformer up and is not counted.
        for (int run = 0; run <= runs; run++) {
            Measurement bare = pipeline.bare(ram);
            Measurement godwit = pipeline.godwit("--ram-dir", ram.toString());
            if (run > 0) {
                table.add(title, bare, godwit);
            }
        }
    }

    private void measureLive(Pipeline pipeline, ResultTable table) throws Exception {
        for (int run = 0; run <= runs; run++) {
            Measurement godwit = pipeline.godwit("--synthetic", "memory=" + memoryMib + "M");
            if (run > 0) {
                table.add("live synthetic guest, the demo's mix", null, godwit);
            }
        }
    }
}
