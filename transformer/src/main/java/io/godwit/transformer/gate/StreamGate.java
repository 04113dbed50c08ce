package io.godwit.transformer.gate;

import io.godwit.client.MissingRightException;
import io.godwit.report.LogKeys;
import io.godwit.topic.Topics;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which streams can be written, and remembers which migrations' topics broke under the transformer's hands.
 *
 * <p>Two ways to close: at a {@code StreamStart}, the lane's, when {@link #refusal} says so; and in mid-migration, all lanes
 * of this process at once, when a topic turns out to be gone ({@link #close}). A later {@code StreamStart} that is not
 * refused opens its lane again.
 *
 * <p>Threads: any.
 */
public final class StreamGate {
    private static final Logger LOG = LoggerFactory.getLogger(StreamGate.class);

    /**
     * What closed a migration in mid-stream; numbered, so that a lane knows whether it was opened before or after.
     *
     * @param opened whether any lane was opened since
     */
    private record Closure(long number, String reason, boolean opened) {}

    /**
     * Why a stream cannot be written.
     *
     * @param isForbidden whether the cluster does not let this transformer: then the migration's source is to hear of it. Else
     *     the topic is not the migration's any more, and another one may have its name
     */
    public record Refusal(String reason, boolean isForbidden) {}

    private final StreamTopics topics;
    private final Map<String, Closure> closures = new ConcurrentHashMap<>();
    /** Stream ids that were found missing: the other lanes' starts need not wait for them to appear. */
    private final Map<String, String> missing = new ConcurrentHashMap<>();

    public StreamGate(StreamTopics topics) {
        this.topics = Objects.requireNonNull(topics, "topics");
    }

    /**
     * Says why the stream that a {@code StreamStart} names cannot be written; empty if it can, or if the cluster does not
     * say: then the writing itself will tell.
     *
     * @param stream the topic id that the start carries
     */
    public Optional<Refusal> refusal(String migration, String stream) {
        String topic = Topics.stream(migration);
        try {
            boolean knownMissing = stream.equals(missing.get(migration));
            return judge(migration, topic, stream, knownMissing ? topics.idOf(topic) : topics.awaitId(topic, stream));
        } catch (MissingRightException e) {
            return Optional.of(new Refusal("the cluster refuses the transformer: " + e.getMessage(), true));
        } catch (KafkaException e) {
            LOG.atWarn()
                    .addKeyValue(LogKeys.MIGRATION, migration)
                    .log("whether {} exists is not known, its records go on: {}", topic, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Refusal> judge(String migration, String topic, String stream, Optional<String> id) {
        if (id.equals(Optional.of(stream))) {
            missing.remove(migration);
            closures.computeIfPresent(
                    migration, (name, closure) -> new Closure(closure.number(), closure.reason(), true));
            return Optional.empty();
        }
        missing.put(migration, stream);
        String reason = id.isEmpty()
                ? "topic " + topic + " does not exist"
                : "topic " + topic + " has the id " + id.get() + ", not " + stream + ": it was deleted and made again";
        return Optional.of(new Refusal(reason, false));
    }

    /** Tells whether the stream of {@code migration} is known to be gone; false if the cluster does not say. */
    public boolean isGone(String migration) {
        String topic = Topics.stream(migration);
        try {
            return topics.idOf(topic).isEmpty();
        } catch (KafkaException e) {
            LOG.atWarn()
                    .addKeyValue(LogKeys.MIGRATION, migration)
                    .log("whether {} exists is not known: {}", topic, e.getMessage());
            return false;
        }
    }

    /**
     * Closes every lane of {@code migration} in this process until its next {@code StreamStart}.
     *
     * @return whether any lane can have been open
     */
    public boolean close(String migration, String reason) {
        Closure before = closures.get(migration);
        if (before == null) {
            return closures.putIfAbsent(migration, new Closure(1, reason, false)) == null;
        }
        return before.opened() && closures.replace(migration, before, new Closure(before.number() + 1, reason, false));
    }

    /** How often {@code migration} was closed in mid-stream: a lane that was opened at a lower number is closed. */
    public long closures(String migration) {
        Closure closure = closures.get(migration);
        return closure == null ? 0 : closure.number();
    }

    /** Why {@code migration} was closed last, empty if it never was. */
    public String reason(String migration) {
        Closure closure = closures.get(migration);
        return closure == null ? "" : closure.reason();
    }
}
