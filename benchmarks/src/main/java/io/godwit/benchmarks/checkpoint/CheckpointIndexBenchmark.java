package io.godwit.benchmarks.checkpoint;

import io.godwit.benchmarks.pipeline.RoleProcess;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import io.godwit.files.TemporaryDirectory;
import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what an index of so many pages takes, and how much longer a transformer takes to start with it. */
@Command(
        name = "checkpoint-index-benchmark",
        mixinStandardHelpOptions = true,
        description =
                "Measures the index of checkpoints: heap, and the start of a transformer beside a plain consumer that"
                        + " reads the same topic.")
final class CheckpointIndexBenchmark implements Callable<Integer> {
    private static final Pattern BROKER_READY = Pattern.compile("(127\\.0\\.0\\.1:\\d+)");
    private static final Pattern TRANSFORMER_READY = Pattern.compile("Transformer ready");
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int PRODUCER_BYTES = 32 << 20;
    private static final double MIB = 1 << 20;
    private static final double NANOS = 1e9;

    @Option(names = "--godwit", defaultValue = "./godwit", description = "The launcher (default: ${DEFAULT-VALUE}).")
    private Path launcher;

    @Option(
            names = "--pages",
            split = ",",
            defaultValue = "1000000,16000000",
            description = "Pages to index, one row each (default: ${DEFAULT-VALUE}).")
    private List<Long> pages;

    @Option(
            names = "--runs",
            defaultValue = "3",
            description = "Starts and reads of each row, of which the median is printed (default: ${DEFAULT-VALUE}).")
    private int runs;

    /** A measurement that may be repeated. */
    private interface Timed {
        double seconds() throws Exception;
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new CheckpointIndexBenchmark()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        System.out.println(
                "| pages | heap MiB | bytes a page | topic MiB | plain read s | start s, empty | start s | longer by |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (long each : pages) {
            System.out.println(row(each));
        }
        return 0;
    }

    private String row(long pagesOfRow) throws Exception {
        MadeUpCheckpoint checkpoint = new MadeUpCheckpoint(pagesOfRow);
        long heapBytes = IndexMemory.measure(checkpoint);
        try (TemporaryDirectory log = TemporaryDirectory.create("godwit-index-benchmark-");
                RoleProcess broker = role(
                        "broker",
                        BROKER_READY,
                        "--port",
                        "0",
                        "--data-dir",
                        log.path().toString())) {
            String bootstrap = broker.awaitReady(START_LIMIT).group(1);
            ClientSettings clients = ClientSettings.of(bootstrap);
            try (Admin admin = clients.newAdmin()) {
                TopicSetup.ensureShared(admin, Replication.OF_BROKERS);
            }
            double empty = median(() -> start(bootstrap));
            publish(clients, checkpoint);
            double read = median(() -> read(clients));
            double full = median(() -> start(bootstrap));
            return String.format(
                    Locale.ROOT,
                    "| %d | %.1f | %.1f | %.0f | %.2f | %.2f | %.2f | %.2f |",
                    pagesOfRow,
                    heapBytes / MIB,
                    (double) heapBytes / pagesOfRow,
                    checkpoint.bytes() / MIB,
                    read,
                    empty,
                    full,
                    full - empty);
        }
    }

    /** Until the transformer takes records: with its JVM, its warming up, and the forming of its group. */
    private double start(String bootstrap) throws Exception {
        long begin = System.nanoTime();
        try (RoleProcess transformer = role("transform", TRANSFORMER_READY, "--bootstrap-server", bootstrap)) {
            transformer.awaitReady(START_LIMIT);
            return (System.nanoTime() - begin) / NANOS;
        }
    }

    private static void publish(ClientSettings clients, MadeUpCheckpoint checkpoint) {
        try (KafkaProducer<String, byte[]> producer = clients.newProducer(PRODUCER_BYTES, START_LIMIT)) {
            checkpoint.forEach(chunk -> {
                var unused = producer.send(new ProducerRecord<>(Topics.CHECKPOINTS, 0, chunk.key(), chunk.encode()));
            });
            producer.flush();
        }
    }

    /** From the first request to the last record, which nobody looks into. */
    private static double read(ClientSettings clients) {
        TopicPartition partition = new TopicPartition(Topics.CHECKPOINTS, 0);
        try (KafkaConsumer<String, byte[]> consumer = clients.newConsumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long begin = System.nanoTime();
            while (consumer.position(partition) < end) {
                consumer.poll(POLL);
            }
            return (System.nanoTime() - begin) / NANOS;
        }
    }

    private double median(Timed measurement) throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            seconds.add(measurement.seconds());
        }
        seconds.sort(Comparator.naturalOrder());
        return seconds.get(seconds.size() / 2);
    }

    private RoleProcess role(String name, Pattern ready, String... arguments) throws Exception {
        List<String> command = Stream.concat(Stream.of(launcher.toString(), name), Stream.of(arguments))
                .toList();
        return new RoleProcess(name, command, ready);
    }
}
