package io.godwit.transformer.topology;

import io.godwit.topic.Topics;
import java.util.Map;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;

/** Where a record cannot even be handed to the producer: goes on without the migration if the failure is its own. */
public final class DeletedStreamProcessingHandler implements ProcessingExceptionHandler {
    private StreamFailures failures;

    @Override
    public void configure(Map<String, ?> configs) {
        failures = new StreamFailures(configs);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
        boolean own = record.key() instanceof String key
                && key.lastIndexOf('/') > 0
                && failures.closes(Topics.STREAM_PREFIX + key.substring(0, key.lastIndexOf('/')), exception);
        return own ? Response.resume() : Response.fail();
    }
}
