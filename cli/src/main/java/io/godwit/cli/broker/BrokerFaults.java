package io.godwit.cli.broker;

import java.util.concurrent.CompletableFuture;
import kafka.server.FaultHandlerFactory;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.server.fault.FaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Kafka would end the process, the broker only stops: the first fault is kept for whoever waits for the broker.
 *
 * <p>Kafka ends processes in two ways: by its fault handlers, and by {@link Exit}, which is one for the JVM. The broker that
 * started last answers for the latter.
 */
final class BrokerFaults {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerFaults.class);

    private final CompletableFuture<String> first;

    /** @param first completed with what happened, at the first fatal fault */
    BrokerFaults(CompletableFuture<String> first) {
        this.first = first;
    }

    /** From now on, nothing in Kafka ends this JVM. */
    void takeOverExit() {
        Exit.setExitProcedure(this::exit);
        Exit.setHaltProcedure(this::exit);
    }

    FaultHandlerFactory handlers() {
        return (name, fatal, action) -> new Handler(name, fatal, action);
    }

    private void exit(int status, String message) {
        first.complete(message == null ? "Kafka gave up with status " + status : message);
    }

    /** Fatal faults stop the broker; others are logged, as Kafka does it. */
    private final class Handler implements FaultHandler {
        private final String name;
        private final boolean fatal;
        private final Runnable action;

        Handler(String name, boolean fatal, Runnable action) {
            this.name = name;
            this.fatal = fatal;
            this.action = action;
        }

        @Override
        public RuntimeException handleFault(String message, Throwable cause) {
            LOG.error("{}: {}", name, message, cause);
            action.run();
            if (fatal) {
                first.complete(name + ": " + message);
            }
            return new IllegalStateException(name + ": " + message, cause);
        }
    }
}
