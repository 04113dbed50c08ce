package io.godwit.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What Grafana and Prometheus are given, beside what roles serve and what the Compose file calls its parts. */
class DashboardTest {
    private static final Path TABLE = Checkout.file("docs/metrics.md");
    private static final Path SCRAPES = Checkout.file("deploy/prometheus/prometheus.yml");
    private static final Path SOURCES = Checkout.file("deploy/grafana/provisioning/datasources/prometheus.yml");

    /** A row of the table, which a test of the cli module holds to what is served. */
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE);

    private static final Pattern METRIC = Pattern.compile("\\b(?:godwit|kafka|jvm|process)_\\w+");

    @Test
    void everyMetricThatItAsksForIsServed() throws Exception {
        Set<String> asked = new TreeSet<>();
        for (String query : Dashboard.read().queries()) {
            METRIC.matcher(query).results().map(MatchResult::group).forEach(asked::add);
        }

        assertThat(asked).hasSizeGreaterThan(20);
        assertThat(served()).containsAll(asked);
    }

    @Test
    void everyPanelAsksTheSourceThatIsProvisioned() throws Exception {
        List<?> sources = (List<?>) yaml(SOURCES).get("datasources");

        assertThat(Dashboard.read().sources()).containsExactly((String) ((Map<?, ?>) sources.get(0)).get("uid"));
    }

    @Test
    void everyPanelHasANameAndANumberOfItsOwn() throws Exception {
        Dashboard dashboard = Dashboard.read();

        assertThat(dashboard.titles()).doesNotHaveDuplicates().allSatisfy(title -> assertThat(title)
                .isNotBlank());
        assertThat(dashboard.ids()).doesNotHaveDuplicates();
    }

    @Test
    void everyTransformerOfTheComposeFileIsScraped() throws Exception {
        List<?> jobs = (List<?>) yaml(SCRAPES).get("scrape_configs");
        Map<?, ?> transform = (Map<?, ?>) jobs.get(0);
        Map<?, ?> configured = (Map<?, ?>) ((List<?>) transform.get("static_configs")).get(0);
        List<String> transformers = ComposeFile.read().services().stream()
                .filter(service -> service.startsWith("transformer"))
                .map(service -> service + ":" + Role.METRICS_PORT)
                .toList();

        assertThat(transform.get("job_name")).isEqualTo("transform");
        assertThat(transformers).hasSize(2);
        assertThat(configured.get("targets")).isEqualTo(transformers);
    }

    private static Set<String> served() throws Exception {
        Matcher rows = ROW.matcher(Files.readString(TABLE));
        return rows.results().map(row -> row.group(1)).collect(Collectors.toSet());
    }

    private static Map<String, Object> yaml(Path file) throws Exception {
        try (Reader reader = Files.newBufferedReader(file)) {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
        }
    }
}
