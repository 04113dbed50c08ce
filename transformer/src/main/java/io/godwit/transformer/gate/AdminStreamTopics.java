package io.godwit.transformer.gate;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the cluster. The client belongs to the caller, who closes it. */
public final class AdminStreamTopics implements StreamTopics {
    private final Admin admin;
    private final Duration patience;

    /** @param patience how long one answer may take: as long stands the thread that asks */
    public AdminStreamTopics(Admin admin, Duration patience) {
        this.admin = Objects.requireNonNull(admin, "admin");
        this.patience = Objects.requireNonNull(patience, "patience");
    }

    @Override
    public Optional<String> idOf(String topic) {
        try {
            return Optional.of(admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .topicId()
                    .toString());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw new KafkaException("topic " + topic + " cannot be described", e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "topic " + topic + " could not be described within " + patience.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}
