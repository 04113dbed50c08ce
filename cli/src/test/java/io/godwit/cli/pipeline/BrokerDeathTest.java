package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.broker.ThreeBrokers;
import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers, of which the leader of a lane is killed in mid-migration and comes back, and then the one that the transformer's
 * group hangs on is. Records count as stored once two have them, so neither the source nor the transformer nor a target loses any,
 * and none has to be started again.
 */
@Timeout(400)
class BrokerDeathTest {
    private static final String MIGRATION = "survivor";
    private static final int LANES = 4;
    private static final Replication REPLICATION = new Replication(3, 2);
    /** Of the topic in which groups, the transformer's for one, keep how far they are. */
    private static final String OFFSETS = "__consumer_offsets";

    @TempDir
    Path temp;

    private final TestMemory memory = TestMemory.mixed(6144, 1);
    private final Gate inBulk = new Gate();
    private final Gate inSecondRound = new Gate();
    private final ScriptedGuest guest = new ScriptedGuest(memory)
            .round(() -> {}, inBulk)
            .round(() -> memory.write(1500, Write.EDIT), inSecondRound)
            .round(() -> memory.write(1500, Write.values()));

    @Test
    void brokersThatAreKilledInMidMigrationTakeNothingWithThem() throws Exception {
        try (ThreeBrokers brokers = ThreeBrokers.start(temp)) {
            ClientSettings clients = ClientSettings.of(brokers.bootstrapServers());
            try (Transformer transformer = new Transformer(TransformerConfig.of(clients, temp.resolve("state"))
                            .withPageCacheBytes(Cluster.PAGE_CACHE_BYTES)
                            .withThreads(1)
                            .withReplication(REPLICATION));
                    Admin admin = clients.newAdmin()) {
                transformer.start();
                Background<RoleReport> waiting = receive(clients, "waiting");
                Background<SendReport> sending = send(clients);

                inBulk.awaitArrival();
                int first = leader(admin, Topics.stream(MIGRATION));
                assertReplicated(admin);
                brokers.kill(first);
                inBulk.open();

                inSecondRound.awaitArrival();
                assertThat(inSync(admin, Topics.stream(MIGRATION)))
                        .as("in the middle of the migration, with broker %d dead", first)
                        .doesNotContain(first);
                brokers.start(first);
                awaitInSync(admin);
                brokers.kill(coordinator(admin));
                inSecondRound.open();

                RoleReport sent = sending.get().summary();
                assertThat(sent.status()).isEqualTo("completed");
                assertArrived(sent, waiting.get(), "waiting");
                assertArrived(sent, receive(clients, "late").get(), "late");
                assertThat(transformer.isRunning()).isTrue();
                assertThat(transformer.progress().refusedRecords()).isZero();
            }
        }
    }

    private void assertArrived(RoleReport sent, RoleReport received, String directory) throws Exception {
        assertThat(received.verified()).isTrue();
        assertThat(received.digest()).isNotNull().isEqualTo(sent.digest());
        memory.assertArrivedIn(temp.resolve(directory));
    }

    private Background<SendReport> send(ClientSettings clients) {
        SendOptions options = SendOptions.of(MIGRATION)
                .withLanes(LANES)
                .withPatience(Cluster.PATIENCE)
                .withReplication(REPLICATION);
        Sender sender = new Sender(options, guest, clients);
        return Background.start("send", sender::send);
    }

    private Background<RoleReport> receive(ClientSettings clients, String directory) {
        Receiver receiver = new Receiver(ReceiveOptions.of(MIGRATION, temp.resolve(directory)), clients);
        return Background.start("receive " + directory, receiver::receive);
    }

    /** Every topic that the migration needs has three replicas, and takes records that two of them have. */
    private static void assertReplicated(Admin admin) throws Exception {
        List<String> topics =
                List.of(Topics.PAGES, Topics.MIGRATIONS, Topics.CHECKPOINTS, Topics.stream(MIGRATION), OFFSETS);
        for (TopicDescription topic : describe(admin, topics).values()) {
            assertThat(topic.partitions()).as(topic.name()).allSatisfy(partition -> assertThat(partition.replicas())
                    .hasSize(3));
        }
        for (String topic : topics) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                            .value())
                    .as(topic)
                    .isEqualTo("2");
        }
    }

    /** Else the next one that is killed would leave one alone, and nothing could be written. */
    private static void awaitInSync(Admin admin) {
        await().atMost(Background.PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            List<String> topics = admin.listTopics().names().get().stream().toList();
            return describe(admin, topics).values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition ->
                            partition.isr().size() == partition.replicas().size());
        });
    }

    private static int leader(Admin admin, String topic) throws Exception {
        return partition(admin, topic).leader().id();
    }

    /** The broker that deals the transformers' work out. */
    private static int coordinator(Admin admin) throws Exception {
        String group = TransformerConfig.DEFAULT_APPLICATION_ID;
        return admin.describeStreamsGroups(List.of(group))
                .all()
                .get()
                .get(group)
                .coordinator()
                .id();
    }

    private static List<Integer> inSync(Admin admin, String topic) throws Exception {
        return partition(admin, topic).isr().stream().map(node -> node.id()).toList();
    }

    /** The first: where a migration's lane 0 is on its stream. */
    private static TopicPartitionInfo partition(Admin admin, String topic) throws Exception {
        return describe(admin, List.of(topic)).get(topic).partitions().get(0);
    }

    private static Map<String, TopicDescription> describe(Admin admin, List<String> topics) throws Exception {
        return admin.describeTopics(topics).allTopicNames().get();
    }
}
