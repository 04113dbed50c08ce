package io.godwit.cli;

import io.godwit.cli.metrics.Monitoring;
import io.godwit.cli.metrics.Role;
import io.godwit.cli.metrics.TransformMetrics;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.cli.progress.RoleProgress;
import io.godwit.client.ClientSettings;
import io.godwit.files.TemporaryDirectory;
import io.godwit.payload.PayloadCompression;
import io.godwit.report.PageCounts;
import io.godwit.transformer.TransformException;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import io.godwit.transformer.TransformerProgress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code godwit transform}: turns what sources send into streams, until it is stopped. */
@Command(
        name = "transform",
        description =
                "Turns the pages that sources send into the streams that targets read, until it is stopped: leaves"
                        + " out what is zero or unchanged, sends deltas for the rest. Start more of them to share the work.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class TransformCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private GodwitCommand godwit;

    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = "--page-cache-size",
            paramLabel = "SIZE",
            defaultValue = "256M",
            converter = SizeConverter.class,
            description =
                    "Memory for pages that deltas are made against, on the Java heap; 0 for none. Raise GODWIT_HEAP"
                            + " with it. Default: ${DEFAULT-VALUE}.")
    private long pageCacheSize;

    @Option(names = "--threads", paramLabel = "N", description = "Stream threads. Default: one a core.")
    private Integer threads;

    @Option(
            names = "--application-id",
            paramLabel = "ID",
            defaultValue = TransformerConfig.DEFAULT_APPLICATION_ID,
            description = "Group of the transformers that share the work. Default: ${DEFAULT-VALUE}.")
    private String applicationId;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Working directory of this process alone. Default: a temporary one.")
    private Path stateDir;

    @Option(
            names = "--compression",
            paramLabel = "CODEC",
            defaultValue = "zstd",
            description = "Of the streams: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Compression compression;

    @Mixin
    private ReplicationOptions replication;

    @Mixin
    private MetricsOptions metrics;

    @Mixin
    private CommonOptions common;

    /** Codecs as the option names them. */
    private enum Compression {
        none,
        lz4,
        zstd
    }

    @Override
    public Integer call() throws Exception {
        try (Monitoring monitoring = metrics.open(spec, Role.TRANSFORM)) {
            return run(monitoring.observe(cluster.clients()), monitoring);
        }
    }

    private int run(ClientSettings clients, Monitoring monitoring) throws Exception {
        if (stateDir != null) {
            return run(config(clients, stateDir), monitoring);
        }
        try (TemporaryDirectory temporary = TemporaryDirectory.create("godwit-transform-")) {
            return run(config(clients, temporary.path()), monitoring);
        }
    }

    private int run(TransformerConfig config, Monitoring monitoring) throws Exception {
        ClusterOptions.awaitBroker(config.clients());
        try (Transformer transformer = new Transformer(config)) {
            godwit.signal().stopWith(transformer::close);
            monitoring.show(new TransformMetrics(transformer));
            transformer.start();
            common.announce(spec, "Transformer ready. Stop it with Ctrl-C.");
            serve(transformer);
            if (common.json()) {
                JsonResult.print(spec, Result.of(transformer.progress()));
            }
        }
        return Failures.OK;
    }

    private void serve(Transformer transformer) throws Exception {
        Optional<TransformException> failure = ProgressDisplay.during(
                spec.commandLine().getErr(),
                spec.qualifiedName(),
                () -> RoleProgress.of(transformer.progress()),
                transformer::awaitTermination);
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private TransformerConfig config(ClientSettings clients, Path directory) {
        try {
            return TransformerConfig.of(clients, directory)
                    .withApplicationId(applicationId)
                    .withPageCacheBytes(pageCacheSize)
                    .withThreads(threads == null ? Runtime.getRuntime().availableProcessors() : threads)
                    .withCompression(codec())
                    .withReplication(replication.get(spec));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private PayloadCompression codec() {
        return switch (compression) {
            case none -> PayloadCompression.NONE;
            case lz4 -> PayloadCompression.LZ4;
            case zstd -> PayloadCompression.ZSTD;
        };
    }

    /** What {@code --json} prints. */
    private record Result(
            String status, long records, long refusedRecords, long bytesIn, long bytesOut, PageCounts pages) {
        static Result of(TransformerProgress progress) {
            return new Result(
                    "stopped",
                    progress.records(),
                    progress.refusedRecords(),
                    progress.bytesIn(),
                    progress.bytesOut(),
                    progress.pages());
        }
    }
}
