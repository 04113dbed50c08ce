package io.godwit.cli.checkpoint;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.checkpoint.local.CheckpointDraft;
import io.godwit.checkpoint.local.CheckpointHashes;
import io.godwit.checkpoint.local.CheckpointMemory;
import io.godwit.checkpoint.local.HashProgress;
import io.godwit.checkpoint.publish.CheckpointPublisher;
import io.godwit.cli.cluster.Migrations;
import io.godwit.cli.failure.CommandException;
import io.godwit.cli.progress.ProgressView;
import io.godwit.cli.progress.RoleProgress;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.consumer.Destination;
import io.godwit.consumer.ReceiveException;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.directory.DirectoryException;
import io.godwit.directory.MigrationView;
import io.godwit.hash.PageDigest;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.CheckpointEntry;
import io.godwit.record.Schemas;
import io.godwit.registry.RegistryException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One checkpoint on its way: its memory is received where it is a migration's, then hashed and held here, then published.
 * What fails leaves nothing that was not there before; what is stopped while it is published is held here, and published when
 * it is added again. One thread does it, any may ask how far it is.
 */
public final class CheckpointAddition {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long CHUNK_BYTES = (long) CheckpointChunk.MAX_HASHES * PageDigest.BYTES;

    private final ClientSettings clients;
    private final CheckpointDirectory directory;
    private final String name;
    private final CheckpointContent content;
    private final Replication replication;
    private final HashProgress hashing = new HashProgress();

    private volatile Receiver receiver;
    private volatile CheckpointPublisher publisher;
    private volatile boolean isPublishing;

    /** @param replication of topics that are created */
    public CheckpointAddition(
            ClientSettings clients,
            CheckpointDirectory directory,
            String name,
            CheckpointContent content,
            Replication replication) {
        this.clients = clients;
        this.directory = directory;
        this.name = name;
        this.content = content;
        this.replication = replication;
    }

    /**
     * What came of it.
     *
     * @param isNew whether the cluster did not know the name
     */
    public record Added(CheckpointEntry entry, boolean isNew) {}

    /**
     * Does it.
     *
     * @throws IOException if the memory cannot be read, or the directory has other content of that name
     * @throws DirectoryException if the cluster has other content of that name, or Kafka does not take it
     */
    public Added add()
            throws IOException, CommandException, DirectoryException, ReceiveException, InterruptedException {
        // First of all: what Kafka cannot be told need not be hashed.
        clients.format().prepare(Schemas.CHECKPOINT_CHUNK);
        clients.format().prepare(Schemas.CHECKPOINT_ENTRY);
        try (CheckpointPublisher opened = new CheckpointPublisher(clients, PATIENCE, replication)) {
            publisher = opened;
            boolean wasHere =
                    directory.list().stream().anyMatch(entry -> entry.name().equals(name));
            CheckpointEntry entry = hold();
            try (CheckpointHashes hashes = directory.hashes(name)) {
                isPublishing = true;
                return new Added(entry, opened.publish(hashes));
            } catch (DirectoryException | RegistryException e) {
                if (!wasHere) {
                    directory.remove(name);
                }
                throw e;
            }
        }
    }

    private CheckpointEntry hold() throws IOException, CommandException, ReceiveException, InterruptedException {
        if (content instanceof CheckpointContent.Elf elf) {
            return directory.add(name, CheckpointMemory.ofElf(elf.file()), hashing);
        }
        if (content instanceof CheckpointContent.RamFiles files) {
            return directory.add(
                    name, CheckpointMemory.ofRamDirectory(files.directory(), CheckpointMemory.RAM_DIRECTORY), hashing);
        }
        String migration = ((CheckpointContent.Migration) content).name();
        checkEnded(migration);
        try (CheckpointDraft draft = directory.draft(name)) {
            receive(migration, draft.memoryDirectory());
            return draft.add(
                    CheckpointMemory.ofRamDirectory(draft.memoryDirectory(), CheckpointMemory.MIGRATION), hashing);
        }
    }

    private void checkEnded(String migration) throws CommandException, InterruptedException {
        Optional<MigrationView> view = Migrations.find(clients, migration);
        if (view.isEmpty()) {
            throw Migrations.unknown(migration);
        }
        if (!view.get().isComplete()) {
            throw new CommandException("migration " + migration + " has not ended ("
                    + view.get().lanesEnded().size() + " of " + view.get().lanes()
                    + " lanes have): wait until all of it is on its stream");
        }
    }

    private void receive(String migration, Path memory) throws ReceiveException, InterruptedException {
        Receiver receiving = new Receiver(
                new ReceiveOptions(
                        migration,
                        new Destination.Directory(memory),
                        memory.toString(),
                        OptionalInt.empty(),
                        true,
                        Runtime.getRuntime().availableProcessors(),
                        new ReceiveOptions.Checkpoints(Optional.of(directory.path()), true)),
                clients);
        receiver = receiving;
        receiving.receive();
        receiver = null;
    }

    /** How far it is. */
    public ProgressView progress() {
        Receiver receiving = receiver;
        if (receiving != null) {
            return RoleProgress.of(receiving.progress());
        }
        if (isPublishing) {
            return new ProgressView(
                    "publishing hashes",
                    publisher.chunksWritten() * CHUNK_BYTES,
                    publisher.chunksToWrite() * CHUNK_BYTES,
                    "");
        }
        return switch (hashing.phase()) {
            case WAITING -> new ProgressView("preparing", 0, 0, "");
            case HASHING -> new ProgressView("hashing", hashing.hashedBytes(), hashing.totalBytes(), "");
            case SORTING -> new ProgressView("sorting hashes", 0, 0, "");
        };
    }
}
