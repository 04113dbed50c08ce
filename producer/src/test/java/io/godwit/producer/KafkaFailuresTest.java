package io.godwit.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.client.ClientSettings;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaFailuresTest {
    private final KafkaFailures failures =
            new KafkaFailures(ClientSettings.of("kafka.example:9092"), Duration.ofSeconds(30));

    @Test
    void everyFailureIsOneLineThatNamesTheClusterAndSaysWhatToDo() {
        assertThat(explain(new TimeoutException("Expiring 3 record(s)")))
                .isEqualTo(
                        "vm-1 failed: Kafka at kafka.example:9092 did not answer in time (--patience 30s); see that it"
                                + " runs and can be reached, and send again");
        assertThat(explain(new TopicAuthorizationException(Set.of("godwit.pages"))))
                .contains("kafka.example:9092 refuses", "godwit.pages", "--command-config", "godwit acls");
        assertThat(explain(new SaslAuthenticationException("bad password")))
                .contains("kafka.example:9092 does not let this client in", "bad password", "--command-config");
        assertThat(explain(new RecordTooLargeException("too large"))).contains("kafka.example:9092 says: too large");
        assertThat(explain(new IllegalStateException("bug"))).contains("bug");
    }

    @Test
    void theCauseIsKept() {
        Throwable cause = new TimeoutException("t");

        assertThat(failures.explain("vm-1 failed", cause)).hasCause(cause);
    }

    private String explain(Throwable failure) {
        return failures.explain("vm-1 failed", failure).getMessage();
    }
}
