package io.godwit.transformer.processor;

import io.godwit.payload.PayloadCompression;
import io.godwit.transformer.gate.StreamGate;
import java.time.Clock;
import java.util.Objects;

/**
 * What the tasks of a process share.
 *
 * @param agent random id of the process, which signs entries of the directory
 * @param compression of payloads on the stream
 */
public record TaskServices(
        StreamGate gate, TransformerCounters counters, PayloadCompression compression, String agent, Clock clock) {
    public TaskServices {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(counters, "counters");
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(clock, "clock");
    }
}
