package io.godwit.cli.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedBrokerTest {
    @TempDir
    Path temp;

    @Test
    void topicsAndRecordsSurviveARestartOnAnotherPort() throws Exception {
        BrokerOptions options = new BrokerOptions(0, temp.resolve("data"));
        String clusterId;
        try (EmbeddedBroker broker = EmbeddedBroker.start(options);
                Admin admin = admin(broker)) {
            clusterId = admin.describeCluster().clusterId().get();
            admin.createTopics(List.of(new NewTopic("survivor", 2, (short) 1)))
                    .all()
                    .get();
            send(broker, "survivor", "still here");
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(options);
                Admin admin = admin(broker)) {
            assertThat(admin.describeCluster().clusterId().get()).isEqualTo(clusterId);
            assertThat(admin.listTopics().names().get()).contains("survivor");
            assertThat(firstValue(broker, "survivor")).isEqualTo("still here");
        }
    }

    @Test
    void listensOnTheLoopbackAddressOnly() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerOptions(0, temp.resolve("data")))) {
            assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
            int port = Integer.parseInt(broker.bootstrapServers().split(":", 2)[1]);
            // 127.0.0.2 is this machine too: only a listener on all addresses would answer there.
            assertThatThrownBy(() -> connect(new byte[] {127, 0, 0, 2}, port)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aMissingTopicIsAnErrorAndIsNotCreated() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerOptions(0, temp.resolve("data")));
                Admin admin = admin(broker)) {
            assertThatThrownBy(() -> admin.describeTopics(List.of("mistyped"))
                            .allTopicNames()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void aTakenPortIsOneLineAndLeavesNoFiles() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            BrokerOptions options = new BrokerOptions(taken.getLocalPort(), temp.resolve("data"));

            assertThatThrownBy(() -> EmbeddedBroker.start(options))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("--port");
        }
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @Test
    void aDataDirectoryServesOneBrokerAtATime() throws Exception {
        BrokerOptions options = new BrokerOptions(0, temp.resolve("data"));
        try (EmbeddedBroker first = EmbeddedBroker.start(options)) {
            assertThatThrownBy(() -> EmbeddedBroker.start(options))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining(first.dataDir().toString())
                    .hasMessageContaining("in use by another broker");
        }
    }

    @Test
    void aDirectoryOfSomethingElseIsRefused() throws Exception {
        Files.writeString(temp.resolve("thesis.tex"), "years of work", UTF_8);

        assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerOptions(0, temp)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("holds something else (thesis.tex)");
        assertThat(temp).isDirectoryNotContaining("glob:**meta.properties");
    }

    @Test
    void aFileIsNoDataDirectory() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "", UTF_8);

        assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerOptions(0, file)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("is not a directory");
        assertThatThrownBy(() -> EmbeddedBroker.start(new BrokerOptions(0, file.resolve("data"))))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("--data-dir");
    }

    @Test
    void aNewDataDirectoryIsForItsOwnerAlone() throws Exception {
        Path data = temp.resolve("data");
        EmbeddedBroker.start(new BrokerOptions(0, data)).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(new BrokerOptions(0, temp.resolve("data")));
        broker.close();
        broker.close();

        broker.awaitEnd();
    }

    private static void connect(byte[] address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(address), port), 2_000);
        }
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static void send(EmbeddedBroker broker, String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
        }
    }

    private static String firstValue(EmbeddedBroker broker, String topic) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            return consumer.poll(Duration.ofSeconds(10)).iterator().next().value();
        }
    }
}
