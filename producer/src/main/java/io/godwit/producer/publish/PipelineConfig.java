package io.godwit.producer.publish;

import io.godwit.record.Manifest;
import io.godwit.record.WireFormat;
import io.godwit.topic.Lanes;
import java.util.Objects;

/**
 * What a pipeline sends, and with what means.
 *
 * @param lanes the lanes of {@code manifest}
 * @param pagesPartitions partitions of the ingress
 * @param batchBytes memory for pages that wait to be encoded
 * @param workers threads that encode
 * @param format of the records
 */
public record PipelineConfig(
        String migration,
        int attempt,
        Manifest manifest,
        Lanes lanes,
        int pagesPartitions,
        int batchBytes,
        int workers,
        WireFormat format) {
    /** Memory for pages that wait to be encoded, by default. */
    public static final int DEFAULT_BATCH_BYTES = 16 << 20;

    public PipelineConfig {
        Objects.requireNonNull(format, "format");
        if (workers < 1) {
            throw new IllegalArgumentException("workers " + workers + " is not positive");
        }
    }

    /** With records in Avro's single-object encoding. */
    public PipelineConfig(
            String migration,
            int attempt,
            Manifest manifest,
            Lanes lanes,
            int pagesPartitions,
            int batchBytes,
            int workers) {
        this(migration, attempt, manifest, lanes, pagesPartitions, batchBytes, workers, WireFormat.SINGLE_OBJECT);
    }

    int pageSize() {
        return manifest.pageSize();
    }
}
