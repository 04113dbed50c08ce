package io.godwit.transformer.processor;

import io.godwit.directory.LaneTotals;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import io.godwit.record.StreamRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Tells the directory of lanes: how far they are on the stream, and that one cannot go on. */
final class LaneReports {
    private final ProcessorContext<String, Object> context;
    private final TaskServices services;

    LaneReports(ProcessorContext<String, Object> context, TaskServices services) {
        this.context = context;
        this.services = services;
    }

    /** The record of {@code place} could not be carried on. */
    void failed(Record<String, ?> record, StreamRecord place, String reason) {
        forward(
                record,
                MigrationStatus.ofLane(
                        place.migration(),
                        place.attempt(),
                        MigrationState.FAILED,
                        services.agent(),
                        place.lane(),
                        reason,
                        services.clock().millis()));
    }

    /** The end of a round is on the stream; the lane's start for round 0. */
    void atRound(Record<String, ?> record, StreamRecord place, int round) {
        forward(
                record,
                MigrationStatus.atRound(
                        place.migration(),
                        place.attempt(),
                        services.agent(),
                        place.lane(),
                        round,
                        services.clock().millis()));
    }

    /** The lane's EOS is on the stream; {@code totals} is null where they are not known. */
    void ended(Record<String, ?> record, StreamRecord place, LaneTotals totals) {
        forward(
                record,
                MigrationStatus.laneEnded(
                        place.migration(),
                        place.attempt(),
                        services.agent(),
                        place.lane(),
                        totals,
                        services.clock().millis()));
    }

    private void forward(Record<String, ?> record, MigrationStatus status) {
        context.forward(
                new Record<>(status.key(), MigrationStatusCodec.encode(status, services.format()), record.timestamp()),
                Nodes.MIGRATIONS);
    }
}
