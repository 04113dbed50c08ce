package io.godwit.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.client.ClientSettings;
import io.godwit.payload.PayloadCompression;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TransformerConfigTest {
    private final TransformerConfig config =
            TransformerConfig.of(ClientSettings.of("127.0.0.1:1"), Path.of("target", "state"));

    @Test
    void theDefaultsAreThoseOfTheCommand() {
        assertThat(config.applicationId()).isEqualTo("godwit-transformer");
        assertThat(config.pageCacheBytes()).isEqualTo(256L << 20);
        assertThat(config.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(config.compression()).isEqualTo(PayloadCompression.ZSTD);
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> config.withApplicationId(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("application id is empty");
        assertThatThrownBy(() -> config.withPageCacheBytes(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("page cache size -1 is negative");
        assertThatThrownBy(() -> config.withThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("thread count 0 is not positive");
    }

    @Test
    void aPageCacheThatFillsTheHeapIsRefusedAtTheStart() {
        try (Transformer transformer = new Transformer(config.withPageCacheBytes(Long.MAX_VALUE))) {
            assertThatThrownBy(transformer::start)
                    .isInstanceOf(TransformException.class)
                    .hasMessageContaining("raise GODWIT_HEAP or lower --page-cache-size");
        }
    }

    @Test
    void aBrokerThatIsNotThereEndsTheStartWithOneLine() {
        Map<String, String> impatient = Map.of("default.api.timeout.ms", "300", "request.timeout.ms", "200");
        TransformerConfig nowhere =
                TransformerConfig.of(new ClientSettings("127.0.0.1:1", impatient), Path.of("target", "state"));
        try (Transformer transformer = new Transformer(nowhere.withPageCacheBytes(0))) {
            assertThatThrownBy(transformer::start)
                    .isInstanceOf(TransformException.class)
                    .hasMessageStartingWith("transformer cannot start with 127.0.0.1:1: ")
                    .hasMessageEndingWith("check --bootstrap-server and --command-config")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aTransformerThatWasClosedDoesNotStart() throws Exception {
        Transformer transformer = new Transformer(config);
        transformer.close();

        assertThatThrownBy(transformer::start).isInstanceOf(IllegalStateException.class);
        assertThat(transformer.awaitTermination()).isEmpty();
    }
}
