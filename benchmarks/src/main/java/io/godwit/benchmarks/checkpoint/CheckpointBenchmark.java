package io.godwit.benchmarks.checkpoint;

import io.godwit.benchmarks.pipeline.GodwitRoles;
import io.godwit.benchmarks.pipeline.GodwitRoles.FanOut;
import io.godwit.files.FileTree;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Moves a guest to targets that hold its checkpoint, and to the same targets without, alternately: the way back of a trip there
 * and back, whose way there is the same either way.
 */
@Command(
        name = "checkpoint-benchmark",
        mixinStandardHelpOptions = true,
        description =
                "Measures moves of a guest that changed since its checkpoint, with and without it, to several targets.")
final class CheckpointBenchmark implements Callable<Integer> {
    private static final String NAME = "departure";

    @Option(names = "--godwit", defaultValue = "./godwit", description = "The launcher (default: ${DEFAULT-VALUE}).")
    private Path launcher;

    @Option(names = "--memory", defaultValue = "1024", description = "MiB of guest memory (default: ${DEFAULT-VALUE}).")
    private int memoryMib;

    @Option(
            names = "--changed",
            split = ",",
            defaultValue = "10,1,50",
            description = "Percents of pages changed since the checkpoint; of the first, to several targets, too"
                    + " (default: ${DEFAULT-VALUE}).")
    private List<Integer> changed;

    @Option(
            names = "--targets",
            split = ",",
            defaultValue = "2,4",
            description = "Numbers of targets besides one (default: ${DEFAULT-VALUE}).")
    private List<Integer> targets;

    @Option(
            names = "--runs",
            defaultValue = "3",
            description = "Measured runs of each row (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description =
                    "Runs of the first row that are not counted: a broker and a transformer that live for months have"
                            + " compiled what they run (default: ${DEFAULT-VALUE}).")
    private int warmUps;

    @Option(names = "--work-dir", description = "Scratch directory (default: a temporary one).")
    private Path workDirectory;

    @Option(names = "--output", description = "Also writes the table to this Markdown file.")
    private Path output;

    private Path scratch;

    public static void main(String[] args) {
        System.exit(new CommandLine(new CheckpointBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        scratch = workDirectory == null ? Files.createTempDirectory("godwit-bench") : workDirectory;
        CheckpointTable table = new CheckpointTable();
        try (GodwitRoles roles = new GodwitRoles(launcher, scratch)) {
            roles.start();
            ChangedGuest guest = new ChangedGuest((long) memoryMib << 20);
            roles.addCheckpoint(NAME, guest.write(scratch.resolve("departure"), 0), checkpoints());
            for (int percent : changed) {
                Path memory = guest.write(scratch.resolve("guest-" + percent), percent);
                measure(roles, table, percent, memory);
            }
        } finally {
            FileTree.delete(scratch);
        }
        String markdown = String.format(
                        "%d MiB of guest memory, median of %d runs after %d to warm up.%n%n", memoryMib, runs, warmUps)
                + table.markdown();
        System.out.println(markdown);
        if (output != null) {
            Files.writeString(output, markdown);
        }
        return 0;
    }

    private void measure(GodwitRoles roles, CheckpointTable table, int percent, Path memory) throws Exception {
        int uncounted = percent == changed.get(0) ? warmUps : 1;
        for (int run = 0; run < uncounted + runs; run++) {
            FanOut without = roles.migrateToAll(List.of("--ram-dir", memory.toString()), targets(1, List.of()));
            FanOut with = move(roles, memory, percent, targets(1, holding()));
            FanOut repaired = move(roles, memory, percent, targets(1, List.of("--without-checkpoint")));
            if (run >= uncounted) {
                table.add(percent + " % | without", without);
                table.add(percent + " % | with", with);
                table.add(percent + " % | with, all repaired", repaired);
            }
        }
        for (int count : percent == changed.get(0) ? targets : List.<Integer>of()) {
            for (int run = 0; run < runs; run++) {
                table.add(percent + " % | with, to " + count, move(roles, memory, percent, targets(count, holding())));
            }
        }
    }

    private FanOut move(GodwitRoles roles, Path memory, int percent, List<List<String>> receivers) throws Exception {
        FanOut moved = roles.migrateToAll(List.of("--ram-dir", memory.toString(), "--checkpoint", NAME), receivers);
        long hashes = moved.received().get(0).path("pages").path("hash").asLong();
        long unchanged = ((long) memoryMib << 20) / Manifest.DEFAULT_PAGE_SIZE * (100 - percent) / 100;
        if (hashes < unchanged * 9 / 10) {
            throw new IllegalStateException("of about " + unchanged + " pages of the checkpoint, " + hashes
                    + " came as hashes: the transformer does not use it");
        }
        return moved;
    }

    /** Options of targets, each with a directory of its own, which the run before has left. */
    private List<List<String>> targets(int count, List<String> options) throws IOException {
        List<List<String>> all = new ArrayList<>();
        for (int target = 0; target < count; target++) {
            Path directory = scratch.resolve("target-" + target);
            FileTree.delete(directory);
            all.add(Stream.concat(Stream.of("--ram-dir", directory.toString()), options.stream())
                    .toList());
        }
        return all;
    }

    /** Options of a target that holds the checkpoint. */
    private List<String> holding() {
        return List.of("--checkpoint-dir", checkpoints().toString());
    }

    private Path checkpoints() {
        return scratch.resolve("checkpoints");
    }
}
