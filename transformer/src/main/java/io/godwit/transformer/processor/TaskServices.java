package io.godwit.transformer.processor;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.WireFormat;
import io.godwit.transformer.gate.StreamGate;
import java.time.Clock;
import java.util.Objects;

/**
 * What the tasks of a process share.
 *
 * @param agent random id of the process, which signs entries of the directory
 * @param compression of payloads on the stream
 * @param format of all records that are written
 */
public record TaskServices(
        StreamGate gate,
        TransformerCounters counters,
        PayloadCompression compression,
        WireFormat format,
        String agent,
        Clock clock) {
    public TaskServices {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(counters, "counters");
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(clock, "clock");
    }
}
