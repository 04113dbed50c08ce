package io.godwit.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.consumer.ReceiveException;
import io.godwit.consumer.apply.RefusedStreamException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperatorLineTest {

    private final Exception refused = new ReceiveException("why", new RefusedStreamException("why").at(3, 17));
    private final Logger logger = (Logger) LogManager.getLogger("godwit");
    private final Events events = new Events();
    private final StringWriter err = new StringWriter();

    /** Remembers what is logged. */
    private static final class Events extends AbstractAppender {
        private final List<LogEvent> seen = new ArrayList<>();

        Events() {
            super("events", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            seen.add(event.toImmutable());
        }
    }

    @BeforeEach
    void listen() {
        events.start();
        logger.addAppender(events);
    }

    @AfterEach
    void leave() {
        logger.removeAppender(events);
        LogFormat.text.use();
    }

    @Test
    void asJsonAFailureIsAnEventThatCarriesItsLaneAndSequence() {
        LogFormat.json.use();

        OperatorLine.fail(new PrintWriter(err, true), "why", refused, false);

        assertThat(err.toString()).isEmpty();
        assertThat(events.seen).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getMessage().getFormattedMessage()).isEqualTo("why");
            assertThat(event.getContextData().toMap())
                    .containsEntry("lane", "3")
                    .containsEntry("sequence", "17");
            assertThat(event.getThrown()).isNull();
        });
    }

    @Test
    void asJsonWrongUsageIsOneEventWithItsHints() {
        LogFormat.json.use();

        OperatorLine.wrongUsage(new PrintWriter(err, true), "what?", List.of("Did you mean: list?", "Try this."));

        assertThat(err.toString()).isEmpty();
        assertThat(events.seen).singleElement().satisfies(event -> assertThat(
                        event.getMessage().getFormattedMessage())
                .isEqualTo("what?; Did you mean: list?; Try this."));
    }

    @Test
    void asJsonAnAnnouncementIsAnEventThatIsNoWarning() {
        LogFormat.json.use();

        OperatorLine.announce(new PrintWriter(err, true), "ready");

        assertThat(err.toString()).isEmpty();
        assertThat(events.seen).singleElement().satisfies(event -> assertThat(event.getLevel())
                .isEqualTo(Level.INFO));
    }

    @Test
    void aThreadThatDiesIsAnEventWithItsStackTrace() {
        IllegalStateException failure = new IllegalStateException("why");

        OperatorLine.threadDied(new Thread("worker"), failure);

        assertThat(events.seen).singleElement().satisfies(event -> {
            assertThat(event.getMessage().getFormattedMessage()).startsWith("thread worker died");
            assertThat(event.getThrown()).isSameAs(failure);
        });
    }

    @Test
    void asTextAFailureIsALine() {
        LogFormat.text.use();

        OperatorLine.fail(new PrintWriter(err, true), "why", refused, false);

        assertThat(err.toString()).isEqualTo("godwit: why" + System.lineSeparator());
        assertThat(events.seen).isEmpty();
    }
}
