package io.godwit.directory;

import java.util.Set;
import java.util.SortedMap;

/**
 * What the directory knows of a migration.
 *
 * @param attempt the newest attempt; where a hypervisor has let go of the guest, the attempt in which it did
 * @param state of the newest attempt, as its source agent said last; {@link MigrationState#FAILED} once a lane has failed
 * @param lanesBegun lanes of which the transformer has put anything on the stream, in the newest attempt
 * @param roundOnStream the last round whose end is on the stream in every lane, in the newest attempt; 0 before the first
 * @param totals what is on the stream of the newest attempt, once every lane has ended; null where it is not known
 * @param lanesEnded lanes whose EOS is on the stream, in the newest attempt
 * @param failures reasons by lane, in the newest attempt
 * @param handover who has the guest, or is to get it, in the newest attempt
 * @param atMillis when the newest entry was written, milliseconds since the epoch
 */
public record MigrationView(
        String migration,
        int attempt,
        MigrationState state,
        String stream,
        int lanes,
        long guestBytes,
        String source,
        String reason,
        int lanesBegun,
        int roundOnStream,
        LaneTotals totals,
        Set<Integer> lanesEnded,
        SortedMap<Integer, String> failures,
        HandoverView handover,
        long atMillis) {

    /** Whether every lane's EOS of the newest attempt is on the stream. */
    public boolean isComplete() {
        return lanes > 0 && lanesEnded.size() == lanes && failures.isEmpty();
    }
}
