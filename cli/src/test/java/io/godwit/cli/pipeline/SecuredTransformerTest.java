package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.access.Grant;
import io.godwit.cli.access.Role;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A transformer in a cluster with TLS, users and ACLs: what it is documented to need is enough, and less is refused. */
@Timeout(300)
class SecuredTransformerTest {
    private static final String USER = "transformer";

    @TempDir
    static Path directory;

    private static SecuredCluster cluster;

    @TempDir
    Path temp;

    private final TestMemory memory = TestMemory.mixed(256, 3);

    @BeforeAll
    static void start() throws Exception {
        cluster = SecuredCluster.start(directory);
        cluster.addUser(USER);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void itsRightsAreEnough() throws Exception {
        cluster.allow(USER, Role.TRANSFORMER.grants());
        try (Transformer transformer = transform()) {
            assertThat(send("enough").status()).isZero();
            assertThat(transformer.progress().records()).isPositive();
        }
        Cluster.Command received = cluster.run(
                "admin", "receive", "enough", "--ram-dir", temp.resolve("copy").toString());
        assertThat(received.status()).as(received.err()).isZero();
        memory.assertArrivedIn(temp.resolve("copy"));
    }

    static Stream<Grant> rightsAskedForAtTheStart() {
        return Role.TRANSFORMER.grants().stream().filter(grant -> !grant.name().equals(Topics.STREAM_PREFIX));
    }

    @ParameterizedTest
    @MethodSource("rightsAskedForAtTheStart")
    void oneLessIsRefusedAtTheStart(Grant missing) throws Exception {
        cluster.allow(USER, without(missing));

        Cluster.Command command = cluster.run(USER, "transform", "--threads", "1", "--page-cache-size", "1M");

        assertThat(command.status()).isEqualTo(1);
        assertThat(command.err().lines()).hasSize(1);
        assertThat(command.message())
                .startsWith("godwit: transformer cannot start: Kafka at ")
                .contains("it needs " + missing.operation() + " on "
                        + missing.type().name().toLowerCase(Locale.ROOT) + " " + missing.name() + ";")
                .contains("godwit acls");
    }

    @Test
    void aStreamThatItMayNotWriteFailsThatMigrationAlone() throws Exception {
        Grant ofAll = right(ResourceType.TOPIC, Topics.STREAM_PREFIX);
        List<Grant> ofOne = new ArrayList<>(without(ofAll));
        ofOne.add(new Grant(AclOperation.WRITE, ResourceType.TOPIC, PatternType.LITERAL, Topics.stream("allowed")));
        cluster.allow(USER, ofOne);
        try (Transformer transformer = transform()) {
            Cluster.Command refused = send("refused");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.message())
                    .contains("the cluster refuses the transformer: it needs WRITE on topic godwit.stream.refused");
            assertThat(send("allowed").status()).isZero();
            assertThat(transformer.progress().droppedRecords()).isPositive();
        }
    }

    @Test
    void oneThatLosesARightSaysSoAndEnds() throws Exception {
        cluster.allow(USER, Role.TRANSFORMER.grants());
        try (Transformer transformer = transform()) {
            cluster.allow(USER, without(right(ResourceType.GROUP, TransformerConfig.DEFAULT_APPLICATION_ID)));

            assertThat(transformer.awaitTermination().orElseThrow())
                    .hasMessageStartingWith(
                            "transformer gave up: the cluster refuses this client: it needs READ on group"
                                    + " godwit-transformer")
                    .hasMessageNotContaining("\n");
        }
    }

    private static Transformer transform() throws Exception {
        return cluster.administered().transform(Cluster.PAGE_CACHE_BYTES, cluster.properties(USER));
    }

    private Cluster.Command send(String migration) throws Exception {
        return cluster.run(
                "admin",
                "send",
                migration,
                "--ram-dir",
                memory.save(temp.resolve("memory")).toString());
    }

    private static Grant right(ResourceType type, String name) {
        return Role.TRANSFORMER.grants().stream()
                .filter(grant -> grant.type() == type && grant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<Grant> without(Grant missing) {
        return Role.TRANSFORMER.grants().stream()
                .filter(grant -> !grant.equals(missing))
                .toList();
    }
}
