package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.client.ClientSettings;
import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics that somebody made before, and made wrong, on a real broker. */
@Timeout(60)
class UnfitTopicTest {
    @TempDir
    Path temp;

    private EmbeddedBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.start(new BrokerOptions(0, temp.resolve("broker")));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void rolesRefuseTopicsThatWouldLoseTheirRecords() throws Exception {
        create(new NewTopic(Topics.PAGES, 8, (short) 1).configs(Map.of("cleanup.policy", "compact")));

        for (CommandRun refused :
                List.of(run("send", "vm1", "--synthetic", "memory=4M", "--patience", "10s"), run("transform"))) {
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.errLines())
                    .last()
                    .asString()
                    .startsWith("godwit: ")
                    .contains(
                            "topic godwit.pages has cleanup.policy=compact where it needs delete",
                            "--add-config cleanup.policy=delete")
                    .doesNotContain("Exception", "--bootstrap-server");
        }
    }

    @Test
    void aStreamThatWouldRefuseRecordsIsRefusedBeforeAnythingIsSent() throws Exception {
        create(new NewTopic(Topics.stream("vm1"), 4, (short) 1).configs(Map.of("max.message.bytes", "1048588")));

        CommandRun refused = run("send", "vm1", "--synthetic", "memory=4M", "--patience", "10s");

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errLines())
                .last()
                .asString()
                .contains("topic godwit.stream.vm1 has max.message.bytes=1048588 where it needs 8388608");
    }

    @Test
    void topicsSaysWhatIsWrongAndWhatCouldBeBetter() throws Exception {
        create(new NewTopic(Topics.PAGES, 2, (short) 1).configs(Map.of("max.message.bytes", "8388608")));
        create(new NewTopic(Topics.MIGRATIONS, 1, (short) 1));

        CommandRun topics = run("topics");

        assertThat(topics.status()).isZero();
        assertThat(topics.out())
                .contains("MIN ISR", "godwit.pages has 2 partitions where 8 are usual")
                .contains("topic godwit.migrations has cleanup.policy=delete where it needs compact");
        assertThat(run("topics", "--json").out())
                .contains("\"problems\":[\"topic godwit.migrations has cleanup.policy");
    }

    private void create(NewTopic topic) throws Exception {
        try (Admin admin = ClientSettings.of(broker.bootstrapServers()).newAdmin()) {
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    private CommandRun run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--bootstrap-server";
        all[arguments.length + 1] = broker.bootstrapServers();
        return CommandRun.of(all);
    }
}
