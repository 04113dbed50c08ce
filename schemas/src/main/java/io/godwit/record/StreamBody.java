package io.godwit.record;

import java.util.List;
import java.util.Objects;

/** What a {@link StreamRecord} carries. */
public sealed interface StreamBody
        permits StreamBody.StreamStart,
                PageBatch,
                StreamBody.RoundEnd,
                StreamBody.DeviceState,
                StreamBody.EndOfStream,
                StreamBody.StreamFailure {

    /**
     * The manifest, first record of every lane.
     *
     * @param stream Kafka's id of the stream topic, which tells two migrations of one name apart
     * @param stripePages consecutive pages of a block that share a lane
     * @param checkpoints ids of the checkpoints that targets are expected to hold
     * @param source source kind: ram-dir, synthetic, qemu, elf
     * @param createdMillis milliseconds since the epoch at which the attempt began
     */
    record StreamStart(
            String stream,
            Manifest manifest,
            int lanes,
            int stripePages,
            List<String> checkpoints,
            String source,
            long createdMillis)
            implements StreamBody {
        /** Most checkpoints that a reader takes. */
        public static final int MAX_CHECKPOINTS = 1024;

        /** @throws IllegalArgumentException if a checkpoint's id is none */
        public StreamStart {
            Objects.requireNonNull(stream, "stream");
            Objects.requireNonNull(manifest, "manifest");
            checkpoints = List.copyOf(checkpoints);
            // They become parts of file names.
            checkpoints.forEach(CheckpointEntry::checkId);
            Objects.requireNonNull(source, "source");
        }
    }

    /** The lane's pages of round {@code round} have all been sent. */
    record RoundEnd(int round) implements StreamBody {}

    /**
     * A chunk of what the hypervisor sends after RAM; lane 0.
     *
     * @param chunk from 0, without holes
     * @param bytes owned by the record; not to be changed
     */
    record DeviceState(int chunk, boolean last, byte[] bytes) implements StreamBody {
        /** Largest chunk. */
        public static final int MAX_BYTES = 1 << 20;
    }

    /**
     * The EOS marker of a lane.
     *
     * @param pages pages of the guest that belong to the lane
     * @param digest sum of their page hashes as they stand at the end, mod 2^64
     */
    record EndOfStream(long pages, long digest) implements StreamBody {}

    /** Stands for an ingress record that could not be read: the attempt cannot be completed, a newer one can. */
    record StreamFailure(String reason) implements StreamBody {
        public StreamFailure {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
