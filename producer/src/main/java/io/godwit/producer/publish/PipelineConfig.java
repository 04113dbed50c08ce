package io.godwit.producer.publish;

import io.godwit.record.Manifest;
import io.godwit.topic.Lanes;

/**
 * What a pipeline sends, and with what means.
 *
 * @param lanes the lanes of {@code manifest}
 * @param pagesPartitions partitions of the ingress
 * @param batchBytes memory for pages that wait to be encoded
 * @param workers threads that encode
 */
public record PipelineConfig(
        String migration,
        int attempt,
        Manifest manifest,
        Lanes lanes,
        int pagesPartitions,
        int batchBytes,
        int workers) {
    /** Memory for pages that wait to be encoded, by default. */
    public static final int DEFAULT_BATCH_BYTES = 16 << 20;

    public PipelineConfig {
        if (workers < 1) {
            throw new IllegalArgumentException("workers " + workers + " is not positive");
        }
    }

    int pageSize() {
        return manifest.pageSize();
    }
}
