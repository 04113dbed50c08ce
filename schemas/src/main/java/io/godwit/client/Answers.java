package io.godwit.client;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;

/** Waits for what a Kafka client was asked. */
public final class Answers {
    private Answers() {}

    /** The answer; what went wrong is thrown as Kafka's own exception. */
    public static <T> T get(Future<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    /** What went wrong, as Kafka's own exception. */
    public static KafkaException failure(ExecutionException e) {
        return e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
}
