package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.access.Role;
import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An administrator runs what {@code godwit topics --print} prints; roles that may not create any topic migrate with that. */
@Timeout(180)
class PrintedTopicsTest {
    private static final String MIGRATION = "vm1";
    private static final String USER = "worker";

    @TempDir
    static Path directory;

    private static SecuredCluster cluster;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() throws Exception {
        cluster = SecuredCluster.start(directory);
        cluster.addUser(USER);
        cluster.allow(
                USER,
                Stream.of(Role.SOURCE, Role.TRANSFORMER, Role.TARGET)
                        .flatMap(role -> role.grants().stream())
                        .filter(grant -> grant.operation() != AclOperation.CREATE)
                        .distinct()
                        .toList());
        try (Admin admin = cluster.administered().newAdmin()) {
            Set<String> made = topics(admin);
            admin.deleteTopics(made).all().get();
            await().atMost(Background.PATIENCE).until(() -> topics(admin).isEmpty());
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void rolesThatMayNotCreateTopicsMigrateWithThoseThatWerePrinted() throws Exception {
        Map<String, NewTopic> printed = printed("--migration", MIGRATION, "--lanes", "2", "--retention", "2h");
        try (Admin admin = cluster.administered().newAdmin();
                Admin worker = cluster.clients(USER).newAdmin()) {
            assertThatThrownBy(() -> worker.createTopics(printed.values()).all().get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
            admin.createTopics(printed.values()).all().get();

            migrate();

            assertThat(topics(admin)).isEqualTo(printed.keySet());
            for (NewTopic topic : printed.values()) {
                assertThat(configs(admin, topic.name())).as(topic.name()).isEqualTo(topic.configs());
            }
            assertThat(configs(admin, Topics.stream(MIGRATION))).containsEntry("retention.ms", "7200000");
        }
    }

    private void migrate() throws Exception {
        TestMemory memory = TestMemory.mixed(512, 1);
        cluster.administered().transform(Cluster.PAGE_CACHE_BYTES, cluster.properties(USER));
        Cluster.Command sent = cluster.run(
                USER,
                "send",
                MIGRATION,
                "--lanes",
                "2",
                "--ram-dir",
                memory.save(temp.resolve("vm")).toString());
        assertThat(sent.status()).as(sent.err()).isZero();
        Cluster.Command received = cluster.run(
                USER, "receive", MIGRATION, "--ram-dir", temp.resolve("target").toString());
        assertThat(received.status()).as(received.err()).isZero();
        memory.assertArrivedIn(temp.resolve("target"));
    }

    /** The topics that the commands create, as Kafka's tool reads them. */
    private static Map<String, NewTopic> printed(String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("topics", "--print", "--replication-factor", "1", "--min-isr", "1"));
        arguments.addAll(List.of(options));
        Cluster.Command run = Cluster.Command.run(arguments.toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        return run.out()
                .lines()
                .map(PrintedTopicsTest::parse)
                .collect(Collectors.toMap(NewTopic::name, topic -> topic));
    }

    private static NewTopic parse(String command) {
        assertThat(command)
                .startsWith("kafka-topics.sh --bootstrap-server \"$BROKERS\" --command-config admin.properties --create"
                        + " --if-not-exists --topic ");
        Map<String, String> options = new TreeMap<>();
        Map<String, String> configs = new TreeMap<>();
        String[] words = command.split(" ", -1);
        for (int i = 0; i < words.length - 1; i++) {
            if (words[i].equals("--config")) {
                String[] config = words[i + 1].split("=", 2);
                configs.put(config[0], config[1]);
            } else if (words[i].startsWith("--")) {
                options.put(words[i], words[i + 1]);
            }
        }
        return new NewTopic(
                        options.get("--topic"),
                        Integer.parseInt(options.get("--partitions")),
                        Short.parseShort(options.get("--replication-factor")))
                .configs(configs);
    }

    /** Godwit's. */
    private static Set<String> topics(Admin admin) throws Exception {
        return admin.listTopics().names().get().stream()
                .filter(name -> name.startsWith(Topics.PREFIX))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What was set of a topic. */
    private static Map<String, String> configs(Admin admin, String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        return config.entries().stream()
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }
}
