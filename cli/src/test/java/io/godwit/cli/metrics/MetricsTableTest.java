package io.godwit.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.cli.metrics.Exposition.Family;
import io.godwit.cli.pipeline.Background;
import io.godwit.client.ClientSettings;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.producer.SendOptions;
import io.godwit.producer.Sender;
import io.godwit.producer.source.SyntheticGuest;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.report.RoleReport;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All roles move a guest and are scraped: what they serve is what {@code docs/metrics.md} says, and says what happened. */
@Timeout(180)
class MetricsTableTest {
    private static final Path TABLE = Path.of("..", "docs", "metrics.md");
    private static final String MIGRATION = "vm1";
    private static final int PAGES = 8 << 20 >> 12;

    @TempDir
    static Path temp;

    private static final Map<Role, Exposition> SCRAPES = new EnumMap<>(Role.class);
    private static final Set<String> KAFKA_METRICS = new HashSet<>();

    /** A row of the table as it is served, without the roles that serve it. */
    private record Row(String name, String type, String labels, String help) {
        static Row of(Family family) {
            return new Row(family.name(), family.type(), family.labels(), family.help());
        }

        String written(Set<Role> roles) {
            String who = roles.size() == Role.values().length
                    ? "all"
                    : roles.stream().map(Role::command).collect(Collectors.joining(", "));
            return "| `" + name + "` | " + type + " | " + labels + " | " + who + " | " + help + " |";
        }
    }

    @BeforeAll
    static void moveAGuest() throws Exception {
        try (MetricsServer brokerServer = start(Role.BROKER);
                EmbeddedBroker broker = EmbeddedBroker.start(new BrokerOptions(0, temp.resolve("broker")))) {
            brokerServer.show(new BrokerMetrics(broker::isUp));
            ClientSettings clients = ClientSettings.of(broker.bootstrapServers());
            try (MetricsServer server = start(Role.TRANSFORM);
                    Transformer transformer =
                            new Transformer(TransformerConfig.of(server.observe(clients), temp.resolve("state"))
                                    .withPageCacheBytes(16 << 20))) {
                server.show(new TransformMetrics(transformer));
                transformer.start();
                move(clients);
                scrape(Role.TRANSFORM, server);
                rememberKafkaMetrics();
            }
            scrape(Role.BROKER, brokerServer);
        }
    }

    @AfterAll
    static void forget() {
        SCRAPES.clear();
        KAFKA_METRICS.clear();
    }

    @Test
    void theTableSaysWhatIsServed() throws Exception {
        Map<Row, Set<Role>> served = new TreeMap<>(Comparator.comparing(Row::toString));
        SCRAPES.forEach((role, scrape) -> scrape.families()
                .forEach(family -> served.computeIfAbsent(Row.of(family), row -> EnumSet.noneOf(Role.class))
                        .add(role)));
        List<String> rows = served.entrySet().stream()
                .map(row -> row.getKey().written(row.getValue()))
                .toList();
        List<String> table = Files.readAllLines(TABLE).stream()
                .filter(line -> line.matches("\\| `(godwit|kafka|jvm|process)_.*"))
                .toList();

        assertThat(String.join("\n", table)).isEqualTo(String.join("\n", rows));
    }

    @Test
    void whatIsTakenFromKafkaIsThere() {
        assertThat(KAFKA_METRICS)
                .containsAll(KafkaRule.of(Role.TRANSFORM).stream()
                        .map(rule -> rule.group() + "/" + rule.metric())
                        .toList());
    }

    @Test
    void namesFollowPrometheusConventions() {
        for (Exposition scrape : SCRAPES.values()) {
            for (Family family : scrape.families()) {
                assertThat(family.name()).matches("(godwit|kafka|jvm|process)(_[a-z]+)+");
                assertThat(family.name().endsWith("_total"))
                        .as(family.name())
                        .isEqualTo(family.type().equals("counter"));
                assertThat(family.name()).doesNotContain("_ms", "millis", "_kb", "percent");
            }
        }
    }

    @Test
    void numbersSayWhatHappened() {
        Exposition send = SCRAPES.get(Role.SEND);
        Exposition transform = SCRAPES.get(Role.TRANSFORM);
        Exposition receive = SCRAPES.get(Role.RECEIVE);

        assertThat(sum(send, "godwit_send_pages_total", "normal", "zero")).isEqualTo(PAGES);
        assertThat(sum(transform, "godwit_transform_pages_total", "normal", "zero", "fill"))
                .isEqualTo(PAGES);
        assertThat(sum(receive, "godwit_receive_pages_total", "normal", "zero", "fill"))
                .isEqualTo(PAGES);
        assertThat(receive.family("godwit_receive_guest_bytes_total").value()).isEqualTo(8 << 20);
        assertThat(receive.family("godwit_receive_verification_failures_total").value())
                .isZero();
        assertThat(receive.family("godwit_migration_info").value("attempt=\"1\",migration=\"vm1\""))
                .isEqualTo(1);
        assertThat(transform.family("kafka_streams_alive_threads").value()).isPositive();
        assertThat(transform.family("kafka_streams_processed_records_total").value())
                .isPositive();
        assertThat(transform.family("kafka_consumer_records_total").value()).isPositive();
        assertThat(transform.family("kafka_streams_record_latency_max_seconds").value())
                .isPositive();
        assertThat(send.family("kafka_producer_records_total").value()).isPositive();
        assertThat(send.family("kafka_producer_sent_bytes_total").value())
                .isGreaterThan(send.family("godwit_send_wire_bytes_total").value());
        assertThat(SCRAPES.get(Role.BROKER)
                        .family("kafka_server_received_bytes_total")
                        .value())
                .isPositive();
        assertThat(SCRAPES.get(Role.BROKER).family("kafka_server_log_bytes").value())
                .isPositive();
    }

    private static void move(ClientSettings clients) throws Exception {
        try (MetricsServer sendServer = start(Role.SEND);
                MetricsServer receiveServer = start(Role.RECEIVE);
                SyntheticGuest guest = new SyntheticGuest(SyntheticSpec.parse("memory=8M,writes=0"))) {
            guest.boot();
            Receiver receiver =
                    new Receiver(ReceiveOptions.of(MIGRATION, temp.resolve("target")), receiveServer.observe(clients));
            receiveServer.show(new ReceiveMetrics(MIGRATION, receiver));
            assertThat(ready(receiveServer)).as("before it is sent").isEqualTo(503);
            Sender sender = new Sender(SendOptions.of(MIGRATION), guest, sendServer.observe(clients));
            sendServer.show(new SendMetrics(MIGRATION, sender));
            assertThat(ready(sendServer)).as("before it is begun").isEqualTo(503);
            Background<RoleReport> received = Background.start("receive", receiver::receive);
            sender.send();
            assertThat(received.get().verified()).isTrue();
            assertThat(ready(sendServer)).as("after its end").isEqualTo(503);
            scrape(Role.SEND, sendServer);
            scrape(Role.RECEIVE, receiveServer);
        }
    }

    private static MetricsServer start(Role role) throws Exception {
        return MetricsServer.start(role, "1.2", "127.0.0.1", 0);
    }

    private static void scrape(Role role, MetricsServer server) throws Exception {
        SCRAPES.put(role, Exposition.parse(Http.get(server.uri(), "/metrics").body()));
    }

    /** As JMX shows them, by group and name: one that is not there would be served as 0. */
    private static void rememberKafkaMetrics() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName bean : beans.queryNames(new ObjectName("kafka.*:*"), null)) {
            for (MBeanAttributeInfo attribute : beans.getMBeanInfo(bean).getAttributes()) {
                KAFKA_METRICS.add(bean.getKeyProperty("type") + "/" + attribute.getName());
            }
        }
    }

    private static int ready(MetricsServer server) throws Exception {
        return Http.get(server.uri(), "/readyz").statusCode();
    }

    private static double sum(Exposition scrape, String name, String... encodings) {
        double sum = 0;
        for (String encoding : encodings) {
            sum += scrape.family(name).value("encoding=\"" + encoding + "\"");
        }
        return sum;
    }
}
