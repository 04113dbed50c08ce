package io.godwit.checkpoint.publish;

import io.godwit.checkpoint.local.CheckpointHashes;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import io.godwit.client.TopicUse;
import io.godwit.directory.CheckpointNames;
import io.godwit.directory.DirectoryException;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.CheckpointEntry;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/**
 * Makes a host's checkpoints known to the cluster.
 *
 * <p>Order is what makes a publication whole or not at all: a name is written after all chunks, and goes before any of them
 * goes. Hosts that publish the same content write the same chunks under the same keys, so they do not disturb one another.
 * One thread calls it, any may ask how far it is.
 */
public final class CheckpointPublisher implements AutoCloseable {
    private final CheckpointNames names;
    private final ChunkWriter chunks;

    private volatile int chunksWritten;
    private volatile int chunksToWrite;

    /**
     * Creates the topics where they are missing.
     *
     * @param patience how long a call may wait for Kafka
     * @param replication of the topics
     */
    public CheckpointPublisher(ClientSettings clients, Duration patience, Replication replication)
            throws InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            TopicSetup.ensureShared(
                    admin,
                    replication,
                    List.of(TopicUse.readAndWrite(Topics.CHECKPOINT_NAMES), TopicUse.write(Topics.CHECKPOINTS)));
        }
        names = new CheckpointNames(clients, patience);
        chunks = new ChunkWriter(clients, patience);
    }

    /** How many chunks of the publication Kafka was given. */
    public int chunksWritten() {
        return chunksWritten;
    }

    /** How many chunks the publication has; 0 where none needs to be written. */
    public int chunksToWrite() {
        return chunksToWrite;
    }

    /**
     * Refuses a name that stands for other content.
     *
     * @return whether it stands for this checkpoint already
     * @throws DirectoryException if it is taken
     */
    private boolean isNamed(CheckpointEntry entry) throws DirectoryException {
        Optional<CheckpointEntry> there = names.find(entry.name());
        if (there.isPresent() && !there.get().checkpoint().equals(entry.checkpoint())) {
            throw new DirectoryException("checkpoint " + entry.name() + " is published already with other content ("
                    + there.get().hashes() + " different pages, here " + entry.hashes()
                    + "): remove it first (godwit checkpoint remove " + entry.name() + "), or choose another name");
        }
        return there.isPresent();
    }

    /**
     * Publishes a checkpoint. Of one that is there under its name, nothing is published; of one that is there under another
     * name, the name alone.
     *
     * @return whether its name is new
     * @throws DirectoryException if the name stands for other content, or Kafka does not take it
     */
    public boolean publish(CheckpointHashes hashes) throws DirectoryException {
        CheckpointEntry entry = hashes.entry();
        if (isNamed(entry)) {
            return false;
        }
        boolean isThere = hasName(entry.checkpoint());
        if (!isThere) {
            writeChunks(hashes);
        }
        // Asked again, as writing takes a while: another host may have been faster.
        if (isNamed(entry)) {
            return false;
        }
        names.publish(entry);
        if (isThere && !hasOtherName(entry)) {
            // The name that vouched for the chunks was removed meanwhile, and the chunks perhaps with it.
            writeChunks(hashes);
        }
        return true;
    }

    /**
     * Removes a name, and where no other name stands for the same checkpoint, its hashes.
     *
     * @return the names that were removed: this one, and any that was given to the checkpoint at the same moment; empty if
     *     there is none
     * @throws DirectoryException if Kafka does not take it
     */
    public List<String> remove(String name) throws DirectoryException {
        Optional<CheckpointEntry> there = names.find(name);
        if (there.isEmpty()) {
            return List.of();
        }
        CheckpointEntry entry = there.get();
        names.remove(name);
        if (hasName(entry.checkpoint())) {
            return List.of(name);
        }
        removeChunks(entry);
        // A name that came after the look above relied on chunks that are gone.
        List<String> late = names.list().stream()
                .filter(other -> other.checkpoint().equals(entry.checkpoint()))
                .map(CheckpointEntry::name)
                .toList();
        for (String other : late) {
            names.remove(other);
        }
        return late.isEmpty() ? List.of(name) : concat(name, late);
    }

    private static List<String> concat(String first, List<String> others) {
        List<String> all = new ArrayList<>(others);
        all.add(0, first);
        return all;
    }

    private void writeChunks(CheckpointHashes hashes) throws DirectoryException {
        chunksToWrite = hashes.chunks();
        chunks.write(hashes, written -> chunksWritten = written);
    }

    private void removeChunks(CheckpointEntry entry) throws DirectoryException {
        // The bound of what a checkpoint may have: an entry is somebody else's word.
        long bound = (long) CheckpointChunk.MAX_CHUNKS * CheckpointChunk.MAX_HASHES;
        chunks.writeTombstones(entry.checkpoint(), CheckpointChunk.chunksOf(Math.min(bound, entry.hashes())));
    }

    private boolean hasName(String checkpoint) throws DirectoryException {
        return names.list().stream().anyMatch(entry -> entry.checkpoint().equals(checkpoint));
    }

    private boolean hasOtherName(CheckpointEntry entry) throws DirectoryException {
        return names.list().stream()
                .anyMatch(other -> other.checkpoint().equals(entry.checkpoint())
                        && !other.name().equals(entry.name()));
    }

    @Override
    public void close() {
        names.close();
    }
}
