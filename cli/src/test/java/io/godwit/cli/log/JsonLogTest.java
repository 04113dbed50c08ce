package io.godwit.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.SortedArrayStringMap;
import org.junit.jupiter.api.Test;

/** The layout of {@code --log-format json}. */
class JsonLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void anEventIsOneLineWithItsKeysBesideItsMessage() throws Exception {
        String line = layout(Map.of("migration", "vm1", "lane", "3", "sequence", "17"), null);

        JsonNode event = JSON.readTree(line);
        assertThat(line.lines()).hasSize(1);
        assertThat(event.get("message").asText()).isEqualTo("of \"two\"\nlines");
        assertThat(event.get("level").asText()).isEqualTo("WARN");
        assertThat(event.get("@timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(event.get("migration").asText()).isEqualTo("vm1");
        assertThat(event.get("lane").asText()).isEqualTo("3");
        assertThat(event.get("sequence").asText()).isEqualTo("17");
        assertThat(event.has("exception")).isFalse();
    }

    @Test
    void keysThatAreNotKnownAreLeftOutAndStackTracesStayOnTheLine() throws Exception {
        String line = layout(Map.of(), new IllegalStateException("why"));

        JsonNode event = JSON.readTree(line);
        assertThat(line.lines()).hasSize(1);
        assertThat(event.has("migration")).isFalse();
        assertThat(event.has("lane")).isFalse();
        assertThat(event.get("exception").asText()).contains("IllegalStateException: why", "JsonLogTest");
    }

    private static String layout(Map<String, String> keys, Throwable thrown) {
        JsonTemplateLayout layout = JsonTemplateLayout.newBuilder()
                .setConfiguration(new DefaultConfiguration())
                .setEventTemplateUri("classpath:io/godwit/cli/log/event.json")
                .build();
        return layout.toSerializable(Log4jLogEvent.newBuilder()
                .setLoggerName("io.godwit.Test")
                .setLevel(Level.WARN)
                .setMessage(new SimpleMessage("of \"two\"\nlines"))
                .setContextData(new SortedArrayStringMap(keys))
                .setThrown(thrown)
                .build());
    }
}
