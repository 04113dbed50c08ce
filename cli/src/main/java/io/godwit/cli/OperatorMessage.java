package io.godwit.cli;

import io.godwit.checkpoint.elf.ElfException;
import io.godwit.checkpoint.local.CheckpointException;
import io.godwit.cli.broker.BrokerException;
import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClusterRefusal;
import io.godwit.client.UnfitTopicException;
import io.godwit.consumer.ReceiveException;
import io.godwit.consumer.qemu.IncomingQemuException;
import io.godwit.directory.DirectoryException;
import io.godwit.producer.SourceException;
import io.godwit.ramdir.RamDirectoryException;
import io.godwit.registry.RegistryException;
import io.godwit.transformer.TransformException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/** Turns a failure into the one line that an operator reads. */
final class OperatorMessage {
    /** Their messages were written for operators. */
    private static final List<Class<? extends Exception>> OURS = List.of(
            CommandException.class,
            BrokerException.class,
            SourceException.class,
            TransformException.class,
            ReceiveException.class,
            IncomingQemuException.class,
            DirectoryException.class,
            RegistryException.class,
            UnfitTopicException.class,
            RamDirectoryException.class,
            ElfException.class,
            CheckpointException.class);

    /** What an interruption becomes: of a wait, of Kafka's clients, of a file that is used. */
    private static final List<Class<? extends Exception>> STOPS = List.of(
            InterruptedException.class,
            InterruptException.class,
            ClosedByInterruptException.class,
            FileLockInterruptionException.class);

    private OperatorMessage() {}

    static String of(Exception failure) {
        if (OURS.stream().anyMatch(type -> type.isInstance(failure))) {
            return oneLine(failure.getMessage());
        }
        if (STOPS.stream().anyMatch(type -> type.isInstance(failure))) {
            return "stopped";
        }
        if (failure instanceof KafkaException kafka) {
            return ofKafka(kafka);
        }
        if (failure instanceof IOException) {
            return "a file cannot be used (" + name(failure) + "); check the path, its permissions and the disk";
        }
        return "unexpected failure: " + name(failure) + "; run it again with " + CommonOptions.VERBOSE
                + " for the stack trace";
    }

    /** Line breaks become spaces: a message is one line. */
    static String oneLine(String message) {
        return String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String ofKafka(KafkaException failure) {
        Optional<String> refusal = ClusterRefusal.reason(failure);
        if (refusal.isPresent()) {
            return "the cluster " + refusal.get();
        }
        if (failure instanceof TimeoutException) {
            return "Kafka did not answer in time (" + name(failure) + "); check the broker, then try again";
        }
        return "Kafka refused (" + name(failure) + "); run it again with " + CommonOptions.VERBOSE + " for details";
    }

    private static String name(Throwable failure) {
        return oneLine(failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }
}
