package io.godwit.transformer;

import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.payload.PayloadCompression;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a transformer is told.
 *
 * @param clients the cluster and how to talk to it; every setting of Kafka Streams may be given there too
 * @param applicationId group of the processes that share the work
 * @param stateDir directory of the process's own
 * @param pageCacheBytes most bytes of the process's page cache, 0 for none
 * @param threads stream threads; more than the ingress has partitions are idle
 * @param compression of payloads on the streams
 * @param replication of topics that are created
 */
public record TransformerConfig(
        ClientSettings clients,
        String applicationId,
        Path stateDir,
        long pageCacheBytes,
        int threads,
        PayloadCompression compression,
        Replication replication) {
    public static final String DEFAULT_APPLICATION_ID = "godwit-transformer";
    public static final long DEFAULT_PAGE_CACHE_BYTES = 256L << 20;

    public TransformerConfig {
        Objects.requireNonNull(clients, "clients");
        Objects.requireNonNull(stateDir, "stateDir");
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(replication, "replication");
        if (applicationId.isBlank()) {
            throw new IllegalArgumentException("application id is empty");
        }
        if (pageCacheBytes < 0) {
            throw new IllegalArgumentException("page cache size " + pageCacheBytes + " is negative");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("thread count " + threads + " is not positive");
        }
    }

    /** The defaults: 256 MiB of page cache, a thread a core, Zstandard. */
    public static TransformerConfig of(ClientSettings clients, Path stateDir) {
        return new TransformerConfig(
                clients,
                DEFAULT_APPLICATION_ID,
                stateDir,
                DEFAULT_PAGE_CACHE_BYTES,
                Runtime.getRuntime().availableProcessors(),
                PayloadCompression.ZSTD,
                Replication.OF_BROKERS);
    }

    public TransformerConfig withApplicationId(String newApplicationId) {
        return new TransformerConfig(
                clients, newApplicationId, stateDir, pageCacheBytes, threads, compression, replication);
    }

    public TransformerConfig withPageCacheBytes(long newPageCacheBytes) {
        return new TransformerConfig(
                clients, applicationId, stateDir, newPageCacheBytes, threads, compression, replication);
    }

    public TransformerConfig withThreads(int newThreads) {
        return new TransformerConfig(
                clients, applicationId, stateDir, pageCacheBytes, newThreads, compression, replication);
    }

    public TransformerConfig withCompression(PayloadCompression newCompression) {
        return new TransformerConfig(
                clients, applicationId, stateDir, pageCacheBytes, threads, newCompression, replication);
    }

    public TransformerConfig withReplication(Replication newReplication) {
        return new TransformerConfig(
                clients, applicationId, stateDir, pageCacheBytes, threads, compression, newReplication);
    }
}
