package io.godwit.cli;

import io.godwit.cli.CommandPages.Argument;
import io.godwit.client.ClientSettings;
import io.godwit.transformer.gate.AdminStreamTopics;
import io.godwit.transformer.gate.StreamGate;
import io.godwit.transformer.topology.StreamsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine;

/** {@code docs/settings.md}: what can be set, as the code has it. */
final class SettingsPage {
    private static final Path LAUNCHER = Path.of("..", "godwit");
    private static final Pattern VARIABLE = Pattern.compile("^#   ([A-Z_]+) +(.+)$", Pattern.MULTILINE);

    private static final String CLUSTER = "127.0.0.1:9092";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BUFFER_BYTES = 32 << 20;
    /** No setting has it by itself. */
    private static final String OTHER = "other";
    /** What options say; they are listed with their commands. */
    private static final Set<String> OF_OPTIONS = Set.of(
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
            StreamsConfig.APPLICATION_ID_CONFIG,
            StreamsConfig.STATE_DIR_CONFIG,
            StreamsConfig.NUM_STREAM_THREADS_CONFIG);

    private static final String HEAD =
            """
            # Settings

            Printed from the code: a test compares this page with it, and says how to print it anew.

            Options are given on the command line, with `=` or a space before their value. Sizes are written `64M` or `2G`, durations `30s` or
            `24h`. Every command has a [manual page](man/godwit.1), too: `man ./docs/man/godwit-send.1`.
            """;
    private static final String CLIENTS =
            """

            ## Kafka clients

            What Godwit sets otherwise than Kafka, or so that nobody sets it otherwise. The file of `--command-config` may hold any setting of
            Kafka's clients, by its own name; it wins over what is here, but where correctness hangs on it. Secrets may
            stay in files or the environment, with Kafka's `config.providers`.
            """;
    private static final String STREAMS =
            """

            ### Kafka Streams, in `godwit transform`

            The same file holds settings of Kafka Streams. Names with a prefix (`producer.`, `main.consumer.`, `global.consumer.`) are for one kind
            of its clients, and win over those without. Nothing is written to topics of Streams' own: there is no changelog and no repartition topic,
            so `replication.factor` has nothing to set.
            """;

    private SettingsPage() {}

    static String print() throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        environment(page);
        page.append("\n## Commands\n");
        for (CommandLine command : CommandPages.all()) {
            command(page, command);
        }
        page.append(CLIENTS);
        Function<Map<String, String>, ClientSettings> clients = overrides -> new ClientSettings(CLUSTER, overrides);
        table(page, "\n### Producers\n", ProducerConfig.configDef().defaultValues()::get, overrides -> clients.apply(
                        overrides)
                .producerSettings(BUFFER_BYTES, PATIENCE));
        page.append(
                "\nTimes follow `--patience`, here for 30 s; `buffer.memory` is smaller, and `linger.ms` 0, where single entries of"
                        + " directories are\nwritten.\n");
        table(page, "\n### Consumers\n", ConsumerConfig.configDef().defaultValues()::get, overrides -> clients.apply(
                        overrides)
                .consumerSettings());
        table(
                page,
                "\n### Admin clients\n",
                AdminClientConfig.configDef().defaultValues()::get,
                overrides -> clients.apply(overrides).adminSettings());
        streams(page);
        return page.toString();
    }

    private static void environment(StringBuilder page) throws IOException {
        page.append("\n## Environment\n\n| variable | meaning |\n|---|---|\n");
        Matcher variable = VARIABLE.matcher(Files.readString(LAUNCHER));
        while (variable.find()) {
            page.append("| `")
                    .append(variable.group(1))
                    .append("` | ")
                    .append(variable.group(2))
                    .append(" |\n");
        }
    }

    private static void command(StringBuilder page, CommandLine command) {
        page.append("\n### ").append(CommandPages.name(command)).append("\n\n");
        page.append(CommandPages.description(command)).append("\n\n");
        page.append("| option | default | meaning |\n|---|---|---|\n");
        for (Argument argument : CommandPages.arguments(command)) {
            page.append("| `").append(cell(argument.written())).append("` | ").append(argument.absent());
            page.append(" | ").append(cell(argument.description())).append(" |\n");
        }
        CommandPages.footer(command)
                .forEach(note -> page.append('\n').append(note).append('\n'));
    }

    /** Each setting, and whether one of the same name in the command-config changes it: as it comes out. */
    private static void table(
            StringBuilder page,
            String title,
            Function<String, Object> defaults,
            Function<Map<String, String>, ? extends Map<?, ?>> settings) {
        page.append(title).append("\n| setting | here | Kafka's default | may be changed |\n|---|---|---|---|\n");
        Map<String, Object> known = new TreeMap<>();
        settings.apply(Map.of()).forEach((name, value) -> known.put(name.toString(), value));
        known.keySet().removeAll(OF_OPTIONS);
        // What carries an object from one part of the program to another is none of an operator's.
        known.values().removeIf(value -> value instanceof StreamGate);
        known.forEach((name, value) -> {
            boolean isFree = OTHER.equals(settings.apply(Map.of(name, OTHER)).get(name));
            page.append("| `").append(name).append("` | ").append(shown(value)).append(" | ");
            page.append(shown(defaults.apply(name))).append(" | ");
            page.append(isFree ? "yes" : "no").append(" |\n");
        });
    }

    private static void streams(StringBuilder page) {
        // Not connected to: the gate asks only for streams that it meets.
        try (Admin admin = ClientSettings.of(CLUSTER).newAdmin()) {
            StreamGate gate = new StreamGate(new AdminStreamTopics(admin));
            table(page, STREAMS, SettingsPage::defaultOfStreams, overrides -> streams(overrides, gate));
        }
    }

    private static Properties streams(Map<String, String> overrides, StreamGate gate) {
        return StreamsSettings.of(CLUSTER, "application", Path.of("state"), 1, overrides, gate);
    }

    /** Streams has defaults of its own for its clients, over theirs. */
    private static Object defaultOfStreams(String name) {
        StreamsConfig streams = new StreamsConfig(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG, "application", StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, CLUSTER));
        if (name.startsWith(StreamsConfig.PRODUCER_PREFIX)) {
            String own = name.substring(StreamsConfig.PRODUCER_PREFIX.length());
            return streams.getProducerConfigs("client")
                    .getOrDefault(
                            own, ProducerConfig.configDef().defaultValues().get(own));
        }
        Object ofConsumers = ConsumerConfig.configDef().defaultValues().get(name.replaceFirst("^.*consumer[.]", ""));
        if (name.startsWith(StreamsConfig.MAIN_CONSUMER_PREFIX)) {
            String own = name.substring(StreamsConfig.MAIN_CONSUMER_PREFIX.length());
            return streams.getMainConsumerConfigs("group", "client", 0).getOrDefault(own, ofConsumers);
        }
        if (name.startsWith(StreamsConfig.GLOBAL_CONSUMER_PREFIX)) {
            String own = name.substring(StreamsConfig.GLOBAL_CONSUMER_PREFIX.length());
            return streams.getGlobalConsumerConfigs("client").getOrDefault(own, ofConsumers);
        }
        return StreamsConfig.configDef().defaultValues().get(name);
    }

    private static String shown(Object value) {
        if (value == null || value == ConfigDef.NO_DEFAULT_VALUE) {
            return "";
        }
        return "`" + (value instanceof Class<?> type ? type.getSimpleName() : value) + "`";
    }

    private static String cell(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining(" ")).replace("|", "\\|");
    }
}
