package io.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientSettingsTest {
    private static final String ADDRESS = "127.0.0.1:1";

    @TempDir
    Path temp;

    @Test
    void theAddressOfTheCommandLineWins() {
        ClientSettings settings = new ClientSettings(ADDRESS, Map.of("bootstrap.servers", "not an address"));

        try (Admin admin = settings.newAdmin();
                KafkaConsumer<String, byte[]> consumer = settings.newConsumer();
                KafkaProducer<String, byte[]> producer = settings.newProducer(1 << 20, Duration.ofSeconds(5))) {
            assertThat(admin).isNotNull();
            assertThat(consumer.assignment()).isEmpty();
            assertThat(producer.metrics()).isNotEmpty();
        }
    }

    @Test
    void whatTheFileSaysReachesEveryKindOfClient() {
        ClientSettings settings = new ClientSettings(ADDRESS, Map.of("security.protocol", "CARRIER_PIGEON"));

        assertThatThrownBy(settings::newAdmin).hasStackTraceContaining("CARRIER_PIGEON");
        assertThatThrownBy(settings::newConsumer).hasStackTraceContaining("CARRIER_PIGEON");
        assertThatThrownBy(() -> settings.newProducer(1 << 20, Duration.ofSeconds(5)))
                .isInstanceOf(KafkaException.class)
                .hasStackTraceContaining("CARRIER_PIGEON");
    }

    @Test
    void whatTheFileRefersToIsPutIn() throws Exception {
        Path secret = Files.writeString(temp.resolve("secret"), "password=a b ${c}\n");
        Path config = config("sasl.jaas.config=login password=\"${file:" + secret + ":password}\";");

        assertThat(ClientSettings.load(ADDRESS, config).overrides())
                .isEqualTo(Map.of("sasl.jaas.config", "login password=\"a b ${c}\";"));
    }

    @Test
    void aReferenceThatLeadsNowhereIsAnError() throws Exception {
        Path config = config("ssl.key.password=${file:/no/such/file:password}");

        assertThatThrownBy(() -> ClientSettings.load(ADDRESS, config))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("/no/such/file");
    }

    /** A command-config file with a provider of secrets in files. */
    private Path config(String line) throws Exception {
        String provider =
                """
                config.providers=file
                config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
                """;
        return Files.writeString(temp.resolve("config"), provider + line + "\n");
    }
}
