package io.godwit.benchmarks.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.benchmarks.pipeline.GodwitRoles.FanOut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Medians of the runs of each row, as a Markdown table. */
final class CheckpointTable {
    private static final double MIB = 1 << 20;
    private static final double MILLIS = 1000;
    private static final List<String> ROLES = List.of("broker", "transform", "send", "receive");

    private final Map<String, List<FanOut>> rows = new LinkedHashMap<>();

    void add(String row, FanOut run) {
        rows.computeIfAbsent(row, key -> new ArrayList<>()).add(run);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| changed pages | way | targets | seconds | sending | on the stream | hashes |"
                + " CPU s: broker | transform | send | each receive |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        rows.forEach((row, runs) -> {
            int targets = runs.get(0).received().size();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %.2f | %.2f | %.1f MiB | %.0f |",
                    row,
                    targets,
                    median(runs, CheckpointTable::seconds),
                    median(runs, run -> run.sent().path("durationMillis").asDouble() / MILLIS),
                    median(runs, run -> first(run).path("bytes").path("wire").asDouble() / MIB),
                    median(runs, run -> first(run).path("pages").path("hash").asDouble())));
            for (String role : ROLES) {
                int processes = role.equals("receive") ? targets : 1;
                text.append(String.format(
                        Locale.ROOT,
                        " %.2f |",
                        median(runs, run -> run.cpuSeconds().get(role) / processes)));
            }
            text.append('\n');
        });
        return text.toString();
    }

    /** Until the last target has verified everything. */
    private static double seconds(FanOut run) {
        return run.received().stream()
                        .mapToLong(received -> received.path("durationMillis").asLong())
                        .max()
                        .orElseThrow()
                / MILLIS;
    }

    private static JsonNode first(FanOut run) {
        return run.received().get(0);
    }

    private static double median(List<FanOut> runs, ToDoubleFunction<FanOut> of) {
        double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
