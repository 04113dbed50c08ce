package io.godwit.cli.metrics;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scrape brought, read as Prometheus reads it. */
final class Exposition {
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_:0-9]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

    /** One metric; the samples' values by their labels as they are written. */
    static final class Family {
        private final String name;
        private final TreeSet<String> labels = new TreeSet<>();
        private final Map<String, Double> samples = new LinkedHashMap<>();
        private String type = "";
        private String help = "";

        private Family(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        String type() {
            return type;
        }

        String help() {
            return help;
        }

        String labels() {
            return String.join(", ", labels);
        }

        double value() {
            return value("");
        }

        double value(String labelled) {
            return samples.get(labelled);
        }
    }

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** @throws AssertionError if it is not Prometheus' text format, or a sample comes twice */
    static Exposition parse(String text) {
        Exposition exposition = new Exposition();
        text.lines().forEach(exposition::read);
        return exposition;
    }

    Collection<Family> families() {
        return families.values();
    }

    Family family(String name) {
        Family family = families.get(name);
        if (family == null) {
            throw new AssertionError(name + " is not among " + families.keySet());
        }
        return family;
    }

    private void read(String line) {
        Matcher comment = COMMENT.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (comment.matches()) {
            Family family = families.computeIfAbsent(comment.group(2), Family::new);
            if (comment.group(1).equals("TYPE")) {
                family.type = comment.group(3);
            } else {
                family.help = comment.group(3);
            }
        } else if (sample.matches()) {
            String labels = sample.group(2) == null ? "" : sample.group(2);
            Family family = family(sample.group(1));
            LABEL.matcher(labels).results().forEach(label -> family.labels.add(label.group(1)));
            if (family.samples.put(labels, Double.parseDouble(sample.group(3))) != null) {
                throw new AssertionError("twice: " + line);
            }
        } else {
            throw new AssertionError("no line of the text format: " + line);
        }
    }
}
