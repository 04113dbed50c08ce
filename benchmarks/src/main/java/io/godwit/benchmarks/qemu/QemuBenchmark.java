package io.godwit.benchmarks.qemu;

import io.godwit.benchmarks.pipeline.GodwitRoles;
import io.godwit.cli.guest.GuestImages;
import io.godwit.files.TemporaryDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Moves a running guest by every contender under every cap, in turn, and prints the table. */
@Command(
        name = "benchmarks/run qemu",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures moves of a running QEMU guest beside QEMU's own migration of the same guest.")
final class QemuBenchmark implements Callable<Integer> {
    private static final String GODWIT = "godwit";
    private static final String GODWIT_FORWARDED = "godwit-forwarded";
    /** Broker and transformer run for weeks: what is measured is not how long they take to be compiled. */
    private static final String WARM_UP = "memory=512M,hot=64M";

    @Spec
    private CommandSpec spec;

    @Option(names = "--godwit", defaultValue = "./godwit", description = "The launcher (default: ${DEFAULT-VALUE}).")
    private Path launcher;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            defaultValue = "" + GuestWorkload.FULL_MEMORY_MIB,
            description = "Memory of the guest, at least 256 (default: ${DEFAULT-VALUE}).")
    private int memoryMib;

    @Option(
            names = "--runs",
            defaultValue = "3",
            description = "Measured runs of each row; the table shows medians (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "WORKLOAD",
            description = "What the guest does: ${COMPLETION-CANDIDATES} (default: all).")
    private Set<GuestWorkload> workloads = EnumSet.allOf(GuestWorkload.class);

    @Option(
            names = "--cap",
            split = ",",
            paramLabel = "CAP",
            description = "Bandwidth: ${COMPLETION-CANDIDATES}, which is 125 MB/s (default: all).")
    private Set<Cap> caps = EnumSet.allOf(Cap.class);

    @Option(
            names = "--mode",
            split = ",",
            paramLabel = "MODE",
            description =
                    "Who moves the guest: plain, xbzrle, multifd+zstd, godwit (into memory that is a shared file),"
                            + " godwit-forwarded (into memory that QEMU alone has) (default: all).")
    private List<String> modes = List.of();

    @Option(
            names = "--check",
            description = "Has the guest check all its memory after each move; half a minute more for each.")
    private boolean isChecked;

    @Option(
            names = "--trips",
            paramLabel = "N",
            description =
                    "Instead: one guest goes there and back N times in a row, and in the end checks all its memory.")
    private int trips;

    @Option(names = "--output", paramLabel = "FILE", description = "Also writes the table to this Markdown file.")
    private Path output;

    public static void main(String[] args) {
        System.exit(commandLine(new QemuBenchmark()).execute(args));
    }

    static CommandLine commandLine(QemuBenchmark benchmark) {
        return new CommandLine(benchmark).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        GuestImages images = GuestImages.locate();
        Optional<String> missing = images.missing();
        if (missing.isPresent()) {
            spec.commandLine().getErr().println(missing.get());
            return 1;
        }
        try (TemporaryDirectory scratch = TemporaryDirectory.create("godwit-moves-");
                GodwitRoles roles = new GodwitRoles(launcher, scratch.path())) {
            List<Contender> contenders = contenders(roles);
            if (contenders.stream().anyMatch(GodwitMove.class::isInstance)) {
                roles.start();
                String target = scratch.path().resolve("warm-up").toString();
                roles.migrate(List.of("--synthetic", WARM_UP), List.of("--ram-dir", target));
            }
            Course course = new Course(images, memoryMib, isChecked);
            print(trips > 0 ? travel(contenders, course) : measure(contenders, course));
        }
        return 0;
    }

    /**
     * Those that were asked for, in the order of the table.
     *
     * @throws ParameterException if a mode was asked for that there is not
     */
    List<Contender> contenders(GodwitRoles roles) {
        List<Contender> all = all(roles);
        List<String> known = all.stream().map(Contender::title).toList();
        for (String mode : modes) {
            if (!known.contains(mode)) {
                throw new ParameterException(
                        spec.commandLine(), "--mode " + mode + ": choose from " + String.join(", ", known));
            }
        }
        return all.stream()
                .filter(contender -> modes.isEmpty() || modes.contains(contender.title()))
                .toList();
    }

    private static List<Contender> all(GodwitRoles roles) {
        List<Contender> all = new ArrayList<>(QemuMode.ALL);
        all.add(new GodwitMove(GODWIT, true, roles));
        all.add(new GodwitMove(GODWIT_FORWARDED, false, roles));
        return all;
    }

    Set<GuestWorkload> workloads() {
        return workloads;
    }

    Set<Cap> caps() {
        return caps;
    }

    /** Contenders take turns, so that what changes on the machine meanwhile meets all of them. */
    private MoveTable measure(List<Contender> contenders, Course course) throws Exception {
        MoveTable table = new MoveTable();
        for (int run = 1; run <= runs; run++) {
            for (GuestWorkload workload : workloads) {
                for (Cap cap : caps) {
                    for (Contender contender : contenders) {
                        MoveMeasurement measured = course.run(contender, workload, cap);
                        table.add(workload, cap, contender.title(), measured);
                        tell("run " + run + " of " + runs, workload, cap, contender.title(), measured);
                    }
                }
            }
        }
        return table;
    }

    private MoveTable travel(List<Contender> contenders, Course course) throws Exception {
        MoveTable table = new MoveTable();
        for (GuestWorkload workload : workloads) {
            for (Cap cap : caps) {
                for (Contender contender : contenders) {
                    course.travel(contender, workload, cap, trips, (move, measured) -> {
                        String row = contender.title() + (move % 2 == 1 ? ", there " : ", back ") + (move + 1) / 2;
                        table.add(workload, cap, row, measured);
                        tell("move " + move + " of " + 2 * trips, workload, cap, row, measured);
                    });
                }
            }
        }
        return table;
    }

    private void tell(String what, GuestWorkload workload, Cap cap, String row, MoveMeasurement measured) {
        spec.commandLine().getErr().printf("%s, %s, cap %s, %s: %s%n", what, workload, cap.title, row, measured);
    }

    private void print(MoveTable table) throws Exception {
        String legend = workloads.stream()
                .map(workload -> workload.description(memoryMib))
                .collect(Collectors.joining(
                        "; ",
                        memoryMib + " MiB guest. ",
                        trips > 0 ? ". One guest.\n" : ". Median of " + runs + " runs.\n"));
        spec.commandLine().getOut().println(table.text() + "\n" + legend + "\n" + table.markdown());
        if (output != null) {
            Files.writeString(output, legend + "\n" + table.markdown());
        }
    }
}
