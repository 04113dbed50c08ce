package io.godwit.checkpoint.local;

import io.godwit.hash.PageDigest;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.CheckpointEntry;
import java.io.IOException;

/** The hashes of a checkpoint that this host holds, as chunks. Any thread may read. */
public final class CheckpointHashes implements AutoCloseable {
    private final HeldCheckpoint held;
    private final int chunks;

    CheckpointHashes(HeldCheckpoint held) throws IOException {
        this.held = held;
        Description description = held.description();
        if (!held.index().id().equals(description.checkpoint())) {
            held.close();
            throw new CheckpointException(
                    "checkpoint " + description.name() + " is damaged, and its memory has changed:"
                            + " its hashes are not known any more; remove it here and add it again");
        }
        chunks = CheckpointChunk.chunksOf(description.hashes());
    }

    /** The checkpoint. */
    public CheckpointEntry entry() {
        return held.description().entry();
    }

    /** How many chunks there are. */
    public int chunks() {
        return chunks;
    }

    /** Chunk number {@code chunk}, from 0. */
    public CheckpointChunk chunk(int chunk) {
        long first = (long) chunk * CheckpointChunk.MAX_HASHES;
        int count = (int) Math.min(CheckpointChunk.MAX_HASHES, held.index().count() - first);
        byte[] hashes = new byte[count * PageDigest.BYTES];
        held.index().hashes(first, count, hashes);
        return new CheckpointChunk(entry().checkpoint(), entry().pageSize(), chunk, chunks, hashes);
    }

    @Override
    public void close() throws IOException {
        held.close();
    }
}
