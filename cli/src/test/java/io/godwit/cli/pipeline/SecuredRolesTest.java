package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.access.Grant;
import io.godwit.cli.access.Role;
import io.godwit.cli.pipeline.TestMemory.Content;
import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import io.godwit.consumer.ReceiveException;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.directory.Handover;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.SourceException;
import io.godwit.record.RamBlock;
import io.godwit.report.RoleReport;
import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every role but the transformer in a cluster with TLS, users and ACLs: its rights are enough, and one less is refused. */
@Timeout(300)
class SecuredRolesTest {
    private static final String USER = "somebody";
    private static final String TRANSFORMER = "transformer";
    private static final String CHECKPOINT = "base";
    private static final int PAGES = 256;
    /** How long a source waits for a target that is refused. */
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(10);

    private static final AtomicInteger MIGRATIONS = new AtomicInteger();

    @TempDir
    static Path directory;

    private static SecuredCluster cluster;
    /** What the checkpoint holds. */
    private static TestMemory held;

    @TempDir
    Path temp;

    private final String migration = "vm" + MIGRATIONS.incrementAndGet();
    private final TestMemory memory = TestMemory.mixed(PAGES, MIGRATIONS.get());

    @BeforeAll
    static void start() throws Exception {
        cluster = SecuredCluster.start(directory);
        cluster.addUser(USER);
        cluster.addUser(TRANSFORMER);
        cluster.allow(TRANSFORMER, Role.TRANSFORMER.grants());
        held = TestMemory.of(TestMemory.manifest(4096, new RamBlock("pc.ram", PAGES * 4096L)), Content.RANDOM, PAGES);
        held.save(directory.resolve("held"));
        TestCheckpoints.add(
                cluster.administered(),
                CHECKPOINT,
                TestCheckpoints.in(directory.resolve("held")),
                directory.resolve("checkpoints"));
        cluster.administered().transform(Cluster.PAGE_CACHE_BYTES, cluster.properties(TRANSFORMER));
        TestCheckpoints.awaitIndexed(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(value = Role.class, mode = EnumSource.Mode.EXCLUDE, names = "TRANSFORMER")
    void theRightsOfARoleAreEnough(Role role) throws Exception {
        cluster.allow(USER, role.grants(migration));

        Cluster.Command done = work(role);

        assertThat(done.status()).as(done.err()).isZero();
        assertThat(done.err()).doesNotContain("needs");
    }

    static Stream<Arguments> rights() {
        return Stream.of(Role.values()).filter(role -> role != Role.TRANSFORMER).flatMap(role -> role.grants().stream()
                .filter(grant -> !isOfTheDirectoryOfATarget(role, grant))
                .map(grant -> Arguments.of(role, grant)));
    }

    /** A target that may not see who has the guest still keeps its memory. */
    private static boolean isOfTheDirectoryOfATarget(Role role, Grant grant) {
        return role == Role.TARGET_WITH_HANDOVER
                && grant.operation() == AclOperation.READ
                && grant.name().equals(Topics.MIGRATIONS);
    }

    @ParameterizedTest
    @MethodSource("rights")
    void oneRightLessIsRefusedByItsName(Role role, Grant right) throws Exception {
        int missing = role.grants().indexOf(right);
        Grant removed = role.grants(migration).get(missing);
        cluster.allow(USER, without(role, removed));

        Cluster.Command refused = work(role);

        assertThat(refused.status()).as(refused.err()).isEqualTo(1);
        assertThat(refused.message())
                .startsWith("godwit: ")
                .contains("it needs " + removed.operation() + " on topic " + removed.name())
                .contains("godwit acls");
        assertThat(refused.err()).doesNotContain("Exception");
        assertThat(refused.err().lines().filter(line -> line.contains("needs"))).hasSize(1);
    }

    @Test
    void aTargetThatMayNotSeeWhoHasTheGuestKeepsACopyAndSaysWhy() throws Exception {
        Role role = Role.TARGET_WITH_HANDOVER;
        Grant read = role.grants(migration).stream()
                .filter(grant ->
                        grant.operation() == AclOperation.READ && grant.name().equals(Topics.MIGRATIONS))
                .findFirst()
                .orElseThrow();
        cluster.allow(USER, without(role, read));

        Cluster.Command copied = work(role);

        assertThat(copied.status()).isZero();
        assertThat(copied.err())
                .contains("godwit: this is a copy: the guest of migration " + migration
                        + " cannot be handed over to this target, as the cluster refuses this client: it needs READ on"
                        + " topic godwit.migrations;");
        memory.assertArrivedIn(temp.resolve("target"));
    }

    @Test
    void aSourceReadsNoPagesOfAnybody() throws Exception {
        sendAsAdmin("others");
        cluster.allow(USER, Role.SOURCE.grants());
        ClientSettings source = cluster.clients(USER);

        assertThatThrownBy(() -> read(source, Topics.stream("others"))).isInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> read(source, Topics.PAGES)).isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void aTargetReadsItsOwnStreamAlone() throws Exception {
        sendAsAdmin(migration);
        sendAsAdmin("another-of-" + migration);
        cluster.allow(USER, Role.TARGET.grants(migration));
        ClientSettings target = cluster.clients(USER);

        assertThat(read(target, Topics.stream(migration))).isPositive();
        assertThatThrownBy(() -> read(target, Topics.stream("another-of-" + migration)))
                .isInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> read(target, Topics.PAGES)).isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void aHandedOverGuestNeedsNoMoreOfItsSource() throws Exception {
        cluster.allow(USER, Role.SOURCE.grants(migration));
        Background<SendReport> sending = Background.start(
                "send",
                new Sender(
                        SendOptions.of(migration).withHandover(Handover.VERIFIED),
                        new HandoverGuest(memory),
                        cluster.clients(USER))::send);

        Cluster.Command received = cluster.run(
                "admin",
                "receive",
                migration,
                "--ram-dir",
                temp.resolve("target").toString());

        assertThat(received.status()).as(received.err()).isZero();
        assertThat(sending.get().summary().status()).isEqualTo("completed");
    }

    @Test
    void aSourceTakesAStreamThatWasMadeBeforehandWithoutTheRightToCreateIt() throws Exception {
        cluster.allow(
                USER,
                Role.SOURCE.grants(migration).stream()
                        .filter(grant -> grant.operation() != AclOperation.CREATE)
                        .toList());
        try (Admin admin = cluster.administered().newAdmin()) {
            TopicSetup.ensureStream(admin, migration, Lanes.DEFAULT_LANES, Duration.ofHours(1), Replication.OF_BROKERS);
        }

        Cluster.Command sent = work(Role.SOURCE);

        assertThat(sent.status()).as(sent.err()).isZero();
    }

    @Test
    void aSourceThatLosesItsRightSaysWhichAndKeepsItsGuest() throws Exception {
        cluster.allow(USER, Role.SOURCE.grants(migration));
        Gate gate = new Gate();
        ScriptedGuest guest =
                new ScriptedGuest(memory).round(() -> {}, gate).round(() -> memory.write(PAGES, Write.REWRITE));
        Background<SendReport> sending =
                Background.start("send", new Sender(SendOptions.of(migration), guest, cluster.clients(USER))::send);
        gate.awaitArrival();

        cluster.allow(USER, without(Role.SOURCE, Role.SOURCE.grants(migration).get(0)));
        gate.open();

        assertThatThrownBy(sending::get)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("refuses this client: it needs WRITE on topic godwit.pages;");
    }

    @Test
    void aTargetThatLosesItsRightSaysWhich() throws Exception {
        cluster.allow(USER, Role.TARGET.grants(migration));
        Gate gate = new Gate();
        Background<SendReport> sending =
                cluster.administered().send(migration, new ScriptedGuest(memory).round(() -> {}, gate));
        Receiver receiver = new Receiver(ReceiveOptions.of(migration, temp.resolve("target")), cluster.clients(USER));
        Background<RoleReport> receiving = Background.start("receive", receiver::receive);
        await().atMost(Background.PATIENCE).until(() -> receiver.progress().guestBytes() > 0);

        cluster.allow(USER, List.of());

        assertThatThrownBy(receiving::get)
                .isInstanceOf(ReceiveException.class)
                .hasMessageContaining("refuses this client: it needs READ on topic " + Topics.stream(migration) + ";");
        gate.open();
        sending.get();
    }

    private Cluster.Command work(Role role) throws Exception {
        return switch (role) {
            case SOURCE -> run("send", migration, "--ram-dir", saved(memory));
            case SOURCE_WITH_CHECKPOINT ->
                run("send", migration, "--ram-dir", saved(memory), "--checkpoint", CHECKPOINT);
            case TARGET -> {
                sendAsAdmin(migration);
                yield receive("--clone");
            }
            case TARGET_WITH_REPAIRS -> {
                Cluster.Command sent = asAdmin("send", migration, "--ram-dir", saved(held), "--checkpoint", CHECKPOINT);
                assertThat(sent.status()).as(sent.err()).isZero();
                yield receive("--clone", "--without-checkpoint");
            }
            case TARGET_WITH_HANDOVER -> {
                handOver(SHORT_PATIENCE);
                yield receive();
            }
            case CHECKPOINTS -> addAndRemoveCheckpoint();
            case CHECKPOINT_OF_MIGRATION -> {
                sendAsAdmin(migration);
                yield run("checkpoint", "add", migration, "--migration", migration, "--checkpoint-dir", checkpoints());
            }
            case CHECKPOINT_LIST -> run("checkpoint", "list");
            case LIST -> run("list");
            case DESCRIBE_MIGRATION -> {
                sendAsAdmin(migration);
                yield run("describe", migration);
            }
            case CANCEL -> {
                Background<SendReport> sending = handOver(Cluster.PATIENCE);
                await().atMost(Background.PATIENCE)
                        .until(() -> cluster.administered().find(migration).isPresent());
                Cluster.Command cancelled = run("cancel", migration);
                if (cancelled.status() != 0) {
                    asAdmin("cancel", migration);
                }
                sending.get();
                yield cancelled;
            }
            case DELETE_MIGRATION -> {
                sendAsAdmin(migration);
                yield run("delete", migration);
            }
            case TOPICS -> run("topics");
            case TRANSFORMER -> throw new IllegalArgumentException("has a test of its own");
        };
    }

    private Cluster.Command addAndRemoveCheckpoint() throws Exception {
        Cluster.Command added =
                run("checkpoint", "add", migration, "--ram-dir", saved(memory), "--checkpoint-dir", checkpoints());
        return added.status() == 0 ? run("checkpoint", "remove", migration, "--checkpoint-dir", checkpoints()) : added;
    }

    /** A guest that waits for a target. */
    private Background<SendReport> handOver(Duration patience) {
        return cluster.administered()
                .sendAsIs(
                        SendOptions.of(migration)
                                .withHandover(Handover.VERIFIED)
                                .withPatience(patience),
                        new HandoverGuest(memory));
    }

    private void sendAsAdmin(String name) throws Exception {
        Cluster.Command sent = asAdmin("send", name, "--ram-dir", saved(memory));
        assertThat(sent.status()).as(sent.err()).isZero();
    }

    private Cluster.Command receive(String... options) throws Exception {
        return run(Stream.concat(
                        Stream.of(
                                "receive",
                                migration,
                                "--ram-dir",
                                temp.resolve("target").toString()),
                        Stream.of(options))
                .toArray(String[]::new));
    }

    private static Cluster.Command run(String... arguments) throws Exception {
        return cluster.run(USER, arguments);
    }

    private static Cluster.Command asAdmin(String... arguments) throws Exception {
        return cluster.run("admin", arguments);
    }

    private String saved(TestMemory content) throws Exception {
        return content.save(temp.resolve("memory")).toString();
    }

    private String checkpoints() {
        return temp.resolve("checkpoints").toString();
    }

    private List<Grant> without(Role role, Grant removed) {
        return role.grants(migration).stream()
                .filter(grant -> !grant.equals(removed))
                .toList();
    }

    /** Reads a topic's first partition from its beginning; returns how many records came at once. */
    private static int read(ClientSettings clients, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, byte[]> consumer = clients.newConsumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return consumer.poll(Background.PATIENCE).count();
        }
    }
}
