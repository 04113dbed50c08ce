package io.godwit.producer;

import io.godwit.client.ClientSettings;
import io.godwit.client.ClusterRefusal;
import io.godwit.client.UnfitTopicException;
import io.godwit.registry.RegistryException;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Says in a line for an operator what Kafka's exceptions mean. */
final class KafkaFailures {
    private final String cluster;
    private final Duration patience;

    KafkaFailures(ClientSettings clients, Duration patience) {
        cluster = clients.bootstrapServers();
        this.patience = patience;
    }

    /**
     * Explains {@code failure}.
     *
     * @param what what could not be done: "migration vm1 could not be claimed"
     */
    SourceException explain(String what, Throwable failure) {
        return new SourceException(what + ": " + reason(failure), failure);
    }

    private String reason(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "Kafka at " + cluster + " did not answer in time (--patience " + patience.toSeconds()
                    + "s); see that it runs and can be reached, and send again";
        }
        Optional<String> refusal = ClusterRefusal.reason(failure);
        if (refusal.isPresent()) {
            return "Kafka at " + cluster + " " + refusal.get();
        }
        if (failure instanceof RegistryException || failure instanceof UnfitTopicException) {
            return failure.getMessage();
        }
        if (failure instanceof KafkaException) {
            return "Kafka at " + cluster + " says: " + failure.getMessage();
        }
        return failure.toString();
    }
}
