package io.godwit.cli.cluster;

import io.godwit.client.Replication;
import io.godwit.client.TopicLayout;
import java.util.List;

/** Topics as an administrator creates them: commands of Kafka's {@code kafka-topics.sh}, one a topic. */
public final class TopicCommands {
    private static final String KAFKA_TOPICS =
            "kafka-topics.sh --bootstrap-server \"$BROKERS\" --command-config admin.properties --create --if-not-exists";

    private TopicCommands() {}

    /** The commands, for a shell. */
    public static List<String> of(List<TopicLayout> topics, Replication replication) {
        return topics.stream().map(topic -> of(topic, replication)).toList();
    }

    private static String of(TopicLayout topic, Replication replication) {
        StringBuilder command = new StringBuilder(KAFKA_TOPICS)
                .append(" --topic ")
                .append(topic.topic())
                .append(" --partitions ")
                .append(topic.partitions());
        if (replication.factor() != Replication.BROKERS_CHOICE) {
            command.append(" --replication-factor ").append(replication.factor());
        }
        topic.configs(replication)
                .forEach((name, value) ->
                        command.append(" --config ").append(name).append('=').append(value));
        return command.toString();
    }
}
