package io.godwit.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogContextTest {
    @AfterEach
    void leave() {
        LogContext.end();
        LogFormat.text.use();
    }

    @Test
    void carriedWorkHasTheKeysOfWhoeverAskedForIt() throws Exception {
        LogFormat.json.use();
        LogContext.begin("vm1");
        AtomicReference<String> seen = new AtomicReference<>();
        FutureTask<Void> work = new FutureTask<>(LogContext.carried(() -> seen.set(MDC.get("migration"))), null);
        LogContext.end();

        new Thread(work).start();
        work.get();

        assertThat(seen).hasValue("vm1");
    }

    @Test
    void asTextNothingIsKept() {
        LogFormat.text.use();

        LogContext.begin("vm1");

        assertThat(MDC.get("migration")).isNull();
    }
}
