package io.godwit.transformer.processor;

import io.godwit.record.StreamBody.StreamStart;
import io.godwit.transformer.gate.StreamGate;
import io.godwit.transformer.gate.StreamGate.Refusal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The gate as one task's lanes see it. A closed lane's records are dropped, and the first of them is reported, until a
 * {@code StreamStart} opens it.
 */
final class TaskGate {
    private static final long CLOSED = -1;

    private final StreamGate gate;
    /** Lanes that are not as a lane begins, open and never closed: how many closures they were opened after, or CLOSED. */
    private final Map<LaneKey, Long> openedAt = new HashMap<>();
    /** Lanes whose closure was reported, with its number. */
    private final Map<LaneKey, Long> reported = new HashMap<>();

    TaskGate(StreamGate gate) {
        this.gate = gate;
    }

    boolean isOpen(LaneKey lane) {
        return openedAt.getOrDefault(lane, 0L) >= gate.closures(lane.migration());
    }

    /** Opens or closes a lane as its start says. @return why it is closed, empty if it is open */
    Optional<Refusal> admit(LaneKey lane, StreamStart start) {
        Optional<Refusal> refusal = gate.refusal(lane.migration(), start.stream());
        long closures = gate.closures(lane.migration());
        if (refusal.isPresent()) {
            openedAt.put(lane, CLOSED);
            reported.put(lane, closures);
        } else if (closures == 0) {
            openedAt.remove(lane);
        } else {
            openedAt.put(lane, closures);
        }
        return refusal;
    }

    /** Why a closed lane is closed, once a closure; empty if that was reported. */
    Optional<String> takeReport(LaneKey lane) {
        long closures = gate.closures(lane.migration());
        Long last = reported.put(lane, closures);
        return last != null && last == closures ? Optional.empty() : Optional.of(gate.reason(lane.migration()));
    }
}
