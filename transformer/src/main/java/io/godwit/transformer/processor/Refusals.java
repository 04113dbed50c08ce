package io.godwit.transformer.processor;

import io.godwit.record.DeadLetter;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.report.LogKeys;
import io.godwit.topic.Topics;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Says so where a record cannot go on: to the dead letters, to the directory, and in its lane. Ids and reasons, never
 * content.
 */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    /** Reasons quote what was read; this much of it says enough. */
    private static final int MAX_REASON_CHARS = 512;

    private static final long NO_SEQUENCE = -1;

    private final ProcessorContext<String, Object> context;
    private final TaskServices services;
    private final LaneReports reports;

    Refusals(ProcessorContext<String, Object> context, TaskServices services) {
        this.context = context;
        this.services = services;
        reports = new LaneReports(context, services);
    }

    /**
     * Reports a record that cannot be read, and returns what stands in the lane in its place.
     *
     * @param bytes length of its value
     * @param place the migration, attempt, lane and sequence it has, or would have
     */
    StreamRecord refuse(Record<String, ?> record, int bytes, StreamRecord place, String reason) {
        services.counters().refusedRecords.increment();
        String shown = shorten(reason);
        LaneKey lane = new LaneKey(place.migration(), place.lane());
        reportDeadLetter(record, bytes, Optional.of(lane), place.sequence(), shown);
        reports.failed(record, place, shown);
        return place.withBody(new StreamFailure(shown));
    }

    /** The same for a batch in work, which is replaced by what stands in its place; its lane forgets its pages. */
    void refuse(Record<String, LaneUpdate> record, MalformedRecordException why) {
        LaneUpdate update = record.value();
        LaneOrder.interrupt(update.pages());
        StreamRecord failure = refuse(record, update.value().length, update.record(), why.getMessage());
        update.replace(update.lane(), StreamRecordEncoder.encode(failure, services.format()));
    }

    /** Reports a record that names no lane. */
    void refuse(Record<String, byte[]> record, String reason) {
        services.counters().refusedRecords.increment();
        reportDeadLetter(record, lengthOf(record.value()), Optional.empty(), NO_SEQUENCE, shorten(reason));
    }

    /** Reports that a lane's records are dropped from here on. */
    void reportClosed(Record<String, byte[]> record, LaneKey lane, String reason) {
        reportDeadLetter(
                record,
                lengthOf(record.value()),
                Optional.of(lane),
                NO_SEQUENCE,
                shorten(reason + "; records of the lane are dropped until its next start"));
    }

    private void reportDeadLetter(
            Record<String, ?> record, int bytes, Optional<LaneKey> lane, long sequence, String reason) {
        RecordMetadata origin = context.recordMetadata().orElseThrow();
        DeadLetter letter = new DeadLetter(
                origin.topic(),
                origin.partition(),
                origin.offset(),
                bytes,
                lane.map(LaneKey::migration).orElse(""),
                lane.map(LaneKey::lane).orElse(-1),
                sequence,
                reason,
                services.clock().millis());
        log(letter);
        String key = lane.map(known -> Topics.laneKey(known.migration(), known.lane()))
                .orElse(null);
        context.forward(new Record<>(key, letter.encode(services.format()), record.timestamp()), Nodes.DEAD_LETTERS);
    }

    private static void log(DeadLetter letter) {
        LoggingEventBuilder event = LOG.atWarn();
        if (!letter.migration().isEmpty()) {
            event = event.addKeyValue(LogKeys.MIGRATION, letter.migration()).addKeyValue(LogKeys.LANE, letter.lane());
        }
        if (letter.sequence() != NO_SEQUENCE) {
            event = event.addKeyValue(LogKeys.SEQUENCE, letter.sequence());
        }
        event.log(
                "record refused: {} partition {} offset {}, migration '{}', lane {}: {}",
                letter.topic(),
                letter.partition(),
                letter.offset(),
                letter.migration(),
                letter.lane(),
                letter.reason());
    }

    /** Length of a value, 0 for one that is null. */
    static int lengthOf(byte[] value) {
        return value == null ? 0 : value.length;
    }

    private static String shorten(String reason) {
        return reason.length() <= MAX_REASON_CHARS ? reason : reason.substring(0, MAX_REASON_CHARS) + "...";
    }
}
