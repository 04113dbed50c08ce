package io.godwit.transformer.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.transformer.gate.StreamGate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

final class StreamsSettingsTest {
    @Test
    void theCommandConfigReachesEveryClientOfStreams() {
        Map<String, String> secured = Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "login;");

        for (Map<String, Object> client : clients(secured)) {
            assertThat(client).containsEntry("security.protocol", "SASL_SSL");
            assertThat(client.get("sasl.jaas.config")).isIn("login;", new Password("login;"));
        }
    }

    @Test
    void theCommandConfigWinsOverWhatIsSetForOneKindOfClient() {
        StreamsConfig config = config(Map.of("linger.ms", "50", "fetch.max.wait.ms", "400", "max.poll.records", "7"));

        assertThat(config.getProducerConfigs("id")).containsEntry("linger.ms", "50");
        assertThat(config.getMainConsumerConfigs("group", "id", 0))
                .containsEntry("fetch.max.wait.ms", "400")
                .containsEntry("max.poll.records", "7");
        assertThat(config.getGlobalConsumerConfigs("id"))
                .containsEntry("fetch.max.wait.ms", "400")
                .containsEntry("max.poll.records", "7");
    }

    @Test
    void whatCorrectnessHangsOnCannotBeSet() {
        StreamsConfig config =
                config(Map.of("acks", "1", "enable.idempotence", "false", "bootstrap.servers", "elsewhere:1"));

        assertThat(config.getProducerConfigs("id"))
                .containsEntry("acks", "all")
                .containsEntry("enable.idempotence", true)
                .containsEntry("bootstrap.servers", "kafka:9092");
    }

    private static List<Map<String, Object>> clients(Map<String, String> overrides) {
        StreamsConfig config = config(overrides);
        return List.of(
                config.getProducerConfigs("id"),
                config.getMainConsumerConfigs("group", "id", 0),
                config.getRestoreConsumerConfigs("id"),
                config.getGlobalConsumerConfigs("id"),
                config.getAdminConfigs("id"));
    }

    private static StreamsConfig config(Map<String, String> overrides) {
        return new StreamsConfig(StreamsSettings.of(
                "kafka:9092", "group", Path.of("state"), 1, overrides, new StreamGate(new FakeStreamTopics())));
    }
}
