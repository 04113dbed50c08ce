package io.godwit.cli.metrics;

import io.godwit.producer.SendProgress;
import io.godwit.producer.SendProgress.Phase;
import io.godwit.producer.Sender;
import io.godwit.producer.precopy.PrecopyState;
import java.util.Map;
import java.util.Objects;

/** What a sender says of itself: ready while pages, or what follows them, are on their way. */
public final class SendMetrics implements RoleMetrics {
    private static final double PERCENT = 100;

    private final String migration;
    private final Sender sender;

    public SendMetrics(String migration, Sender sender) {
        this.migration = Objects.requireNonNull(migration, "migration");
        this.sender = Objects.requireNonNull(sender, "sender");
    }

    @Override
    public Readiness readiness() {
        Phase phase = sender.progress().phase();
        return Readiness.in(phase, phase != Phase.PREPARING && phase != Phase.ENDED);
    }

    @Override
    public void collect(MetricFamilies families) {
        SendProgress progress = sender.progress();
        families.migration(migration, progress.attempt());
        families.counter(
                "godwit_send_pages_total",
                "Pages given to Kafka, each as often as it was sent, by encoding: the transformer refines them.",
                PageKinds.LABEL,
                Map.of("normal", progress.normalPages(), "zero", progress.zeroPages()));
        families.counter(
                "godwit_send_payload_bytes_total",
                "Bytes of pages given to Kafka, before compression.",
                progress.payloadBytes());
        families.counter(
                "godwit_send_wire_bytes_total", "Bytes of records given to Kafka, compressed.", progress.wireBytes());
        families.gauge(
                "godwit_send_guest_memory_bytes", "The guest's memory; 0 until it is known.", progress.guestBytes());
        families.counter(
                "godwit_send_handovers_total",
                "Guests that were handed over: their source has let go of them.",
                sender.isHandedOver() ? 1 : 0);
        collectRounds(families, progress);
    }

    private static void collectRounds(MetricFamilies families, SendProgress progress) {
        PrecopyState round = progress.round();
        families.counter("godwit_send_rounds_total", "Rounds begun.", round.round());
        families.gauge(
                "godwit_send_round_remaining_bytes",
                "Bytes of pages that are to be sent in this round yet.",
                Math.max(0, progress.roundBytes() - progress.roundBytesSent()));
        families.gauge(
                "godwit_send_bytes_per_second",
                "Bytes of pages stored a second, over whole rounds, as convergence is judged by; 0 in the first round.",
                round.bytesPerSecond());
        families.gauge(
                "godwit_send_dirty_bytes_per_second",
                "Bytes of pages that the guest dirtied a second in the round before; 0 in the first.",
                round.dirtyBytesPerSecond());
        families.gauge(
                "godwit_send_throttle_ratio",
                "Share of its running time that is taken from the guest (--auto-converge).",
                round.throttlePercent() / PERCENT);
        families.gauge(
                "godwit_send_guest_paused", "Whether the guest stands still for its last pages.", round.paused());
    }
}
