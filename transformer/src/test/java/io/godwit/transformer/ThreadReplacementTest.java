package io.godwit.transformer;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

final class ThreadReplacementTest {
    private Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private final ThreadReplacement replacement = new ThreadReplacement("transformers", 2, new Clock() {
        @Override
        public Instant instant() {
            return clock.instant();
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    });

    @Test
    void threadsAreReplacedUntilTooManyDieWithinAMinute() {
        Exception last = new IllegalStateException("third");

        assertThat(replacement.handle(new IllegalStateException("first"))).isEqualTo(REPLACE_THREAD);
        assertThat(replacement.handle(new IllegalStateException("second"))).isEqualTo(REPLACE_THREAD);
        assertThat(replacement.fatal()).isNull();
        assertThat(replacement.handle(last)).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(replacement.fatal())
                .hasMessage("transformer gave up: its threads keep dying of third")
                .hasCause(last);
    }

    @Test
    void theThreadOfCheckpointsIsNotReplaced() throws Exception {
        AtomicReference<StreamThreadExceptionResponse> response = new AtomicReference<>();
        Thread global = new Thread(
                () -> response.set(replacement.handle(new IllegalStateException("first"))), "id-GlobalStreamThread");
        global.start();
        global.join();

        assertThat(response).hasValue(SHUTDOWN_CLIENT);
        assertThat(replacement.fatal())
                .hasMessage("transformer gave up: it cannot read godwit.checkpoints any more: first; start it again");
    }

    @Test
    void aThreadThatTheClusterRefusesIsNotReplaced() {
        assertThat(replacement.handle(new StreamsException(new GroupAuthorizationException("Not authorized"))))
                .isEqualTo(SHUTDOWN_CLIENT);
        assertThat(replacement.fatal())
                .hasMessageStartingWith("transformer gave up: the cluster refuses this client: it needs READ on group"
                        + " transformers; check");
    }

    @Test
    void deathsOlderThanAMinuteAreForgotten() {
        for (int minute = 0; minute < 10; minute++) {
            assertThat(replacement.handle(new IllegalStateException())).isEqualTo(REPLACE_THREAD);
            clock = Clock.offset(clock, Duration.ofSeconds(31));
        }
    }
}
