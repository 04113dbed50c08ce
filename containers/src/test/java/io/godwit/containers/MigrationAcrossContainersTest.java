package io.godwit.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/**
 * A guest's memory goes from a container to another by way of Kafka and two transformers on a private network, while one of them
 * loses the network and the other its life.
 */
@Timeout(900)
class MigrationAcrossContainersTest {
    private static final int PAGES = 96 << 20 >> 12;
    /** So slow that the migration is still on its way when all that goes wrong has gone wrong. */
    private static final String SLOWLY = "256K";

    /** More than a transformer that dies leaves on the streams: what comes after it went through the other. */
    private static final int ON_ITS_WAY_BYTES = 2 << 20;

    private static final int INGRESS_PARTITIONS = 8;
    /** As many: whoever has a part of the ingress has a part of the migration. */
    private static final String LANES = "8";

    /** Where the memory is in a container. */
    private static final String RAM = "/ram";
    /** Metrics are asked for from outside of the container. */
    private static final String ANY = "0.0.0.0";

    private static final int TRANSFORMER_MEBIBYTES = 768;
    private static final int AGENT_MEBIBYTES = 512;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration GRACE = Duration.ofMinutes(1);

    @TempDir
    Path temp;

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private Network network;
    private Path source;
    private Path target;

    @BeforeEach
    void start() throws Exception {
        source = RamFiles.write(temp.resolve("source"), PAGES, 5);
        target = Files.createDirectory(temp.resolve("target"));
        network = Network.newNetwork();
        started.push(network);
        start(KafkaBroker.in(network));
    }

    @AfterEach
    void removeAll() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }

    @Test
    @NeedsDocker
    void memoryIsIdenticalThoughOneTransformerIsCutOffAndTheOtherKilled() throws Exception {
        Role killed = transformer();
        Role cutOff = transformer();
        awaiting("both share the work")
                .until(() ->
                        tasks(killed) > 0 && tasks(cutOff) > 0 && tasks(killed) + tasks(cutOff) == INGRESS_PARTITIONS);
        Role receiver = receiver();
        Role slow = slowSender();
        awaiting("pages have come through both")
                .until(() -> applied(receiver) > 0 && records(killed) > 0 && records(cutOff) > 0);

        cutOff.disconnect(network);
        awaiting("the one that is left has all of the work").until(() -> tasks(killed) == INGRESS_PARTITIONS);
        double whenCutOff = applied(receiver);
        awaiting("the migration goes on").until(() -> applied(receiver) > whenCutOff);

        cutOff.connect(network);
        awaiting("the one that was cut off has work again").until(() -> tasks(killed) < INGRESS_PARTITIONS);

        killed.kill();
        double whenKilled = applied(receiver);
        awaiting("the migration goes on").until(() -> applied(receiver) > whenKilled + ON_ITS_WAY_BYTES);
        assertThat(slow.runs())
                .as("all of this happened while the source was sending")
                .isTrue();

        slow.terminate(GRACE);
        assertThat(slow.state().getExitCodeLong()).as(slow.getLogs()).isEqualTo(143);
        Role fast = sender();
        awaiting("source and target are done").until(() -> !fast.runs() && !receiver.runs());

        assertThat(fast.state().getExitCodeLong()).as(fast.getLogs()).isZero();
        assertThat(receiver.state().getExitCodeLong()).as(receiver.getLogs()).isZero();
        JsonNode report = new ObjectMapper().readTree(receiver.result());
        assertThat(report.get("verified").asBoolean()).as(report.toString()).isTrue();
        assertThat(RamFiles.hashes(target)).hasSize(2).isEqualTo(RamFiles.hashes(source));
    }

    private Role transformer() throws Exception {
        return start(Role.serving(
                network,
                TRANSFORMER_MEBIBYTES,
                command("transform", "--page-cache-size", "64M", "--metrics-host", ANY)));
    }

    private Role receiver() throws Exception {
        return start(Role.serving(
                        network,
                        AGENT_MEBIBYTES,
                        command("receive", "vm1", "--ram-dir", RAM, "--metrics-host", ANY, "--json"))
                .withDirectory(target, RAM, BindMode.READ_WRITE));
    }

    private Role slowSender() throws Exception {
        return start(Role.serving(
                        network,
                        AGENT_MEBIBYTES,
                        command(
                                "send",
                                "vm1",
                                "--ram-dir",
                                RAM,
                                "--lanes",
                                LANES,
                                "--metrics-host",
                                ANY,
                                "--max-bandwidth",
                                SLOWLY))
                .withDirectory(source, RAM, BindMode.READ_ONLY));
    }

    private Role sender() throws Exception {
        return start(Role.once(network, AGENT_MEBIBYTES, command("send", "vm1", "--ram-dir", RAM, "--lanes", LANES))
                .withDirectory(source, RAM, BindMode.READ_ONLY));
    }

    private static String[] command(String... words) {
        return Stream.concat(Stream.of(words), Stream.of("--bootstrap-server", KafkaBroker.ADDRESS))
                .toArray(String[]::new);
    }

    private <C extends GenericContainer<?>> C start(C container) {
        started.push(container);
        container.start();
        return container;
    }

    /** Who is busy, or has just died, may not answer for once. */
    private static ConditionFactory awaiting(String what) {
        return await(what).atMost(LIMIT).ignoreExceptionsInstanceOf(IOException.class);
    }

    /** How many partitions of the ingress a transformer has. */
    private static long tasks(Role transformer) throws Exception {
        return transformer.scrape().count("godwit_transform_lag_records");
    }

    private static double records(Role transformer) throws Exception {
        return transformer.scrape().sum("godwit_transform_records_total");
    }

    private static double applied(Role receiver) throws Exception {
        return receiver.scrape().sum("godwit_receive_guest_bytes_total");
    }
}
