package io.godwit.producer.source;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.record.Manifest;
import java.io.IOException;

/**
 * A guest whose memory can be migrated.
 *
 * <p>The source drives: {@link #migrate} passes pages for as long as it takes, and waits where the sink has no room. So a
 * source that is driven itself, as by a hypervisor that writes its own rounds to a socket, fits as well as one that is read.
 *
 * <p>One thread calls the methods, in this order: {@link #fate} where an earlier attempt was left open, {@link #manifest},
 * {@link #migrate}, {@link #release} or {@link #resume}, {@link #close}.
 */
public interface MemorySource extends AutoCloseable {
    /** What became of the guest at its source after an attempt whose sender died. */
    enum Fate {
        /** It runs there, or can be resumed: the attempt has failed. */
        RUNNING,
        /** Its hypervisor has let go of it for good. */
        RELEASED,
        /** Its hypervisor still waits to be told, by a sender that lives. */
        UNDECIDED
    }

    /** What kind of source this is, as streams and the directory name it: {@code ram-dir}, {@code elf}, {@code synthetic}. */
    String kind();

    /**
     * Page size and blocks, the same from now on.
     *
     * @throws IOException if the source cannot be reached or read
     */
    Manifest manifest() throws IOException;

    /** Whether a guest runs on this memory: then there is a downtime to speak of. */
    boolean isLive();

    /**
     * Passes all pages in rounds, then the device state where there is one. When this returns, the guest stands still and
     * everything was passed; when it throws, the guest may stand still.
     *
     * @param listener hears of rounds and of the guest's pause, on the calling thread
     * @throws IOException if the source cannot be read
     * @throws SinkClosedException if the sink was closed before everything was passed
     */
    void migrate(PageSink sink, PrecopySettings settings, PrecopyListener listener)
            throws IOException, SinkClosedException, InterruptedException;

    /** The migration did not go through: the guest runs on. No effect where none was stopped, nor after {@link #release}. */
    void resume();

    /**
     * The migration went through: lets go of the guest for good, and returns once the hypervisor has. A source without a
     * hypervisor has nothing to let go.
     *
     * @throws IOException if it is not known that the hypervisor has; {@link #fate} may tell
     */
    default void release() throws IOException, InterruptedException {}

    /**
     * What became of the guest. A source without a hypervisor still has what it had.
     *
     * @throws IOException if the hypervisor cannot be asked
     */
    default Fate fate() throws IOException, InterruptedException {
        return Fate.RUNNING;
    }

    /** Gives back what the source holds; a guest of its own ends. */
    @Override
    void close() throws IOException;
}
