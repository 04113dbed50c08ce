package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.access.AccessTable;
import io.godwit.cli.access.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/secured-clusters.md} has an operator write is what works. */
@Timeout(120)
class SecuredDocumentationTest {
    private static final Path PAGE = Path.of("..", "docs", "secured-clusters.md");
    private static final String USER = "source";
    private static final Pattern PROPERTIES = Pattern.compile("```properties\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TOPIC = Pattern.compile("create --topic (\\S+) --partitions (\\d+)(.*)");
    private static final Pattern CONFIG = Pattern.compile("--config (\\S+)=(\\S+)");

    @TempDir
    static Path directory;

    private static SecuredCluster cluster;
    private static String page;

    /** A topic: its partitions and what is set for it alone. */
    private record Topic(int partitions, Map<String, String> configs) {}

    @BeforeAll
    static void start() throws Exception {
        page = Files.readString(PAGE);
        cluster = SecuredCluster.start(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void theTableOfRightsIsThatOfTheRoles() {
        List<String> lines = page.lines().toList();
        int head = lines.indexOf(AccessTable.lines().get(0));

        assertThat(head).isNotNegative();
        assertThat(lines.subList(head, lines.size()).stream().takeWhile(line -> line.startsWith("|")))
                .containsExactlyElementsOf(AccessTable.lines());
    }

    @Test
    void theClientPropertiesLetTheirUserIn() throws Exception {
        Matcher properties = PROPERTIES.matcher(page);
        assertThat(properties.find()).isTrue();
        Files.writeString(directory.resolve("source.secret"), "password=" + SecuredCluster.password(USER) + "\n");
        Files.copy(cluster.certificate().authority(), directory.resolve("cluster-ca.pem"));
        Path config = Files.writeString(
                directory.resolve("source.properties"),
                properties.group(1).replace("/etc/godwit", directory.toString()));
        cluster.addUser(USER);
        cluster.allow(USER, Role.LIST.grants());

        Cluster.Command listed = Cluster.Command.run(
                "list",
                "--bootstrap-server",
                cluster.administered().bootstrapServers(),
                "--command-config",
                config.toString());

        assertThat(listed.status()).as(listed.err()).isZero();
    }

    @Test
    void theTopicsAreThoseThatRolesWouldCreate() throws Exception {
        Map<String, Topic> documented = TOPIC.matcher(page)
                .results()
                .collect(Collectors.toMap(
                        topic -> topic.group(1), topic -> new Topic(Integer.parseInt(topic.group(2)), configs(topic))));

        assertThat(documented).isEqualTo(created());
    }

    private static Map<String, String> configs(MatchResult topic) {
        return CONFIG.matcher(topic.group(3))
                .results()
                .collect(Collectors.toMap(config -> config.group(1), config -> config.group(2)));
    }

    private static Map<String, Topic> created() throws Exception {
        Map<String, Topic> created = new TreeMap<>();
        try (Admin admin = cluster.administered().newAdmin()) {
            for (TopicDescription topic : admin.describeTopics(
                            admin.listTopics().names().get())
                    .allTopicNames()
                    .get()
                    .values()) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
                Map<String, String> configs = new HashMap<>();
                for (ConfigEntry entry : admin.describeConfigs(List.of(resource))
                        .all()
                        .get()
                        .get(resource)
                        .entries()) {
                    if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                        configs.put(entry.name(), entry.value());
                    }
                }
                created.put(topic.name(), new Topic(topic.partitions().size(), configs));
            }
        }
        return created;
    }
}
