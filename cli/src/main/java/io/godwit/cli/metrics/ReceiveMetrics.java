package io.godwit.cli.metrics;

import io.godwit.consumer.ReceiveProgress;
import io.godwit.consumer.ReceiveProgress.Phase;
import io.godwit.consumer.Receiver;
import io.godwit.report.ByteCounts;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What a receiver says of itself: ready while it follows its stream. */
public final class ReceiveMetrics implements RoleMetrics {
    private final String migration;
    private final Receiver receiver;

    public ReceiveMetrics(String migration, Receiver receiver) {
        this.migration = Objects.requireNonNull(migration, "migration");
        this.receiver = Objects.requireNonNull(receiver, "receiver");
    }

    @Override
    public Readiness readiness() {
        Phase phase = receiver.progress().phase();
        return Readiness.in(phase, phase == Phase.WAITING_FOR_RECORDS || phase == Phase.RECEIVING);
    }

    @Override
    public void collect(MetricFamilies families) {
        ReceiveProgress progress = receiver.progress();
        families.migration(migration, progress.attempt());
        families.counter(
                "godwit_receive_pages_total",
                "Pages applied, each as often as it came, by encoding; unchanged: left out of the stream.",
                PageKinds.LABEL,
                PageKinds.of(progress.pages()));
        collectBytes(families, progress.bytes());
        collectLanes(families, progress);
        families.counter(
                "godwit_receive_repaired_pages_total",
                "Pages that came as hashes, and were read from the ingress as no checkpoint here gave them.",
                receiver.repairedPages());
        families.counter(
                "godwit_receive_verification_failures_total",
                "Runs of pages, and lanes, that were not what their checksum or digest said: each ends the process.",
                receiver.verificationFailures());
        families.counter(
                "godwit_receive_handovers_total",
                "Guests that were handed over to this target.",
                receiver.hasGuest() ? 1 : 0);
    }

    private static void collectBytes(MetricFamilies families, ByteCounts bytes) {
        families.counter(
                "godwit_receive_guest_bytes_total",
                "Bytes of the pages applied: their rate is the apply rate.",
                bytes.guest());
        families.counter(
                "godwit_receive_payload_bytes_total",
                "Bytes of the encodings of pages applied, before compression.",
                bytes.payload());
        families.counter("godwit_receive_wire_bytes_total", "Bytes of the records fetched.", bytes.wire());
    }

    private void collectLanes(MetricFamilies families, ReceiveProgress progress) {
        families.gauge(
                "godwit_receive_guest_memory_bytes", "The guest's memory; 0 until it is known.", progress.guestBytes());
        families.gauge(
                "godwit_receive_round", "The last round that every lane has applied; 0 before.", progress.round());
        families.gauge("godwit_receive_lanes", "Lanes of the stream; 0 until it is there.", progress.lanes());
        families.gauge("godwit_receive_ended_lanes", "Lanes that have ended.", progress.lanesEnded());
        Map<String, Long> lags = new HashMap<>();
        receiver.laneLags().forEach((lane, lag) -> lags.put(String.valueOf(lane), lag));
        families.gauge(
                "godwit_receive_lag_records", "Records of each lane that are stored and not applied.", "lane", lags);
    }
}
