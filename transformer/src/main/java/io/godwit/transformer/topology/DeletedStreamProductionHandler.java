package io.godwit.transformer.topology;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;

/**
 * Where the producer could not deliver a record: goes on without the migration if the failure is its own. Called by the
 * producer's thread, so it writes nothing itself: the migration's next record reports what happened.
 */
public final class DeletedStreamProductionHandler implements ProductionExceptionHandler {
    private StreamFailures failures;

    @Override
    public void configure(Map<String, ?> configs) {
        failures = new StreamFailures(configs);
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        return failures.closes(record.topic(), exception) ? Response.resume() : Response.fail();
    }
}
