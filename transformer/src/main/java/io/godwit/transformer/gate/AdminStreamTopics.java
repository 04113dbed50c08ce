package io.godwit.transformer.gate;

import io.godwit.client.MissingRightException;
import io.godwit.client.TopicUse;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Asks the cluster. The client belongs to the caller, who closes it. */
public final class AdminStreamTopics implements StreamTopics {
    /** How long an answer may take: as long stands the thread that asks. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How much later than the controller a broker may hear of a topic. */
    private static final Duration APPEARANCE = Duration.ofSeconds(2);

    private static final long RETRY_MS = 20;

    private final Admin admin;

    public AdminStreamTopics(Admin admin) {
        this.admin = Objects.requireNonNull(admin, "admin");
    }

    @Override
    public Optional<String> awaitId(String topic, String id) {
        long deadline = System.nanoTime() + APPEARANCE.toNanos();
        Optional<String> found = idOf(topic);
        while (!found.equals(Optional.of(id)) && System.nanoTime() < deadline) {
            try {
                Thread.sleep(RETRY_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptException(e);
            }
            found = idOf(topic);
        }
        return found;
    }

    @Override
    public Optional<String> idOf(String topic) {
        try {
            return TopicUse.write(topic)
                    .ask(admin)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .map(found -> found.topicId().toString());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MissingRightException missing) {
                throw missing;
            }
            throw new KafkaException("topic " + topic + " cannot be described", e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "topic " + topic + " could not be described within " + PATIENCE.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}
