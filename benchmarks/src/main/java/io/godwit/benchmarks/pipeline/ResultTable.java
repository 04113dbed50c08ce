package io.godwit.benchmarks.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Medians of the runs of each row, as a Markdown table. */
final class ResultTable {
    private static final double GIB = 1L << 30;
    private static final double MIB = 1L << 20;
    private static final List<String> ROLES = List.of("broker", "transform", "send", "receive");

    private record Run(Measurement bare, Measurement godwit) {}

    private final int memoryMib;
    private final int runs;
    private final Map<String, List<Run>> rows = new LinkedHashMap<>();

    ResultTable(int memoryMib, int runs) {
        this.memoryMib = memoryMib;
        this.runs = runs;
    }

    /** Adds a run; {@code bare} is null where there is nothing to compare with. */
    void add(String title, Measurement bare, Measurement godwit) {
        rows.computeIfAbsent(title, key -> new ArrayList<>()).add(new Run(bare, godwit));
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%d MiB of guest memory, median of %d runs.%n%n", memoryMib, runs));
        text.append("| memory | path | seconds | MiB/s | of bare | on the stream | ratio | sending | downtime |"
                + " CPU s/GiB: broker | transform | send | receive |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        rows.forEach((title, measured) -> {
            if (measured.get(0).bare() != null) {
                text.append(row(title, "bare", measured.stream().map(Run::bare).toList(), Double.NaN));
            }
            text.append(row(
                    title,
                    "godwit",
                    measured.stream().map(Run::godwit).toList(),
                    measured.get(0).bare() == null
                            ? Double.NaN
                            : median(
                                    measured,
                                    run -> run.bare().seconds() / run.godwit().seconds())));
        });
        return text.toString();
    }

    private static String row(String title, String path, List<Measurement> measured, double ofBare) {
        double guest = measured.get(0).guestBytes();
        double seconds = median(measured, Measurement::seconds);
        double stream = median(measured, Measurement::streamBytes);
        StringBuilder row = new StringBuilder();
        row.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %.0f | %s | %.1f MiB | %.1f | %s | %s |",
                title,
                path,
                seconds,
                guest / MIB / seconds,
                orDash("%.0f %%", ofBare * 100),
                stream / MIB,
                guest / stream,
                orDash("%.2f s", median(measured, Measurement::sendSeconds)),
                orDash("%.0f ms", median(measured, Measurement::downtimeMillis))));
        for (String role : ROLES) {
            row.append(String.format(
                    Locale.ROOT,
                    " %.2f |",
                    median(measured, run -> run.cpuSeconds().get(role) / (guest / GIB))));
        }
        return row.append('\n').toString();
    }

    private static String orDash(String format, double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
    }

    private static <T> double median(List<T> values, ToDoubleFunction<T> of) {
        double[] sorted = values.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
