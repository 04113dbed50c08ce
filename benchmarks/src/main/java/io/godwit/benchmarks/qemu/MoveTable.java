package io.godwit.benchmarks.qemu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Medians of the runs of each row. */
final class MoveTable {
    private static final List<String> HEADER = List.of(
            "guest",
            "cap",
            "mode",
            "total s",
            "MB sent",
            "rounds",
            "pause ms",
            "of it stopped",
            "CPU s: source",
            "destination",
            "broker",
            "transform",
            "send",
            "receive");
    private static final List<String> ROLES =
            List.of("source", "destination", "broker", "transform", "send", "receive");

    private record Row(GuestWorkload workload, Cap cap, String mode) {}

    private final Map<Row, List<MoveMeasurement>> rows = new LinkedHashMap<>();

    void add(GuestWorkload workload, Cap cap, String mode, MoveMeasurement measurement) {
        rows.computeIfAbsent(new Row(workload, cap, mode), row -> new ArrayList<>())
                .add(measurement);
    }

    /** The table as it reads on a terminal. */
    String text() {
        List<List<String>> lines = lines();
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            for (int column = 0; column < line.size(); column++) {
                text.append(column == 0 ? "" : "  ").append(padded(lines, column, line.get(column)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** The table in Markdown. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        List<List<String>> lines = lines();
        for (int line = 0; line < lines.size(); line++) {
            text.append("| ").append(String.join(" | ", lines.get(line))).append(" |\n");
            if (line == 0) {
                text.append("|---".repeat(HEADER.size())).append("|\n");
            }
        }
        return text.toString();
    }

    private List<List<String>> lines() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEADER);
        rows.entrySet().stream()
                .sorted(Comparator.comparing(
                                (Map.Entry<Row, ?> entry) -> entry.getKey().workload())
                        .thenComparing(entry -> entry.getKey().cap()))
                .forEach(entry -> lines.add(line(entry.getKey(), entry.getValue())));
        return lines;
    }

    private static List<String> line(Row row, List<MoveMeasurement> runs) {
        List<String> line = new ArrayList<>(List.of(row.workload().toString(), row.cap().title, row.mode()));
        line.add(number("%.2f", runs, MoveMeasurement::seconds));
        line.add(number("%.0f", runs, run -> run.bytes() / 1e6));
        line.add(number("%.0f", runs, MoveMeasurement::rounds));
        line.add(number("%.0f", runs, MoveMeasurement::pauseMillis));
        line.add(number("%.0f", runs, MoveMeasurement::stoppedMillis));
        for (String role : ROLES) {
            line.add(number("%.2f", runs, run -> run.cpuSeconds().getOrDefault(role, Double.NaN)));
        }
        return line;
    }

    /** The median; a dash where there is nothing to measure. */
    private static String number(String format, List<MoveMeasurement> runs, ToDoubleFunction<MoveMeasurement> of) {
        double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
        double median = sorted[sorted.length / 2];
        return Double.isNaN(median) ? "–" : String.format(Locale.ROOT, format, median);
    }

    private static String padded(List<List<String>> lines, int column, String cell) {
        int width =
                lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
        return " ".repeat(width - cell.length()) + cell;
    }
}
