package io.godwit.cli.describe;

import io.godwit.record.RamBlock;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import java.util.List;

/**
 * What a stream's log says. Records, pages and bytes are of the whole log, all attempts together.
 *
 * @param stream Kafka's id of the stream topic
 * @param source source kind; null where no lane's first record is left
 * @param createdMillis when the newest attempt began, milliseconds since the epoch; null as {@code source}
 * @param pageSize bytes a page; null as {@code source}
 * @param blocks RAM blocks; null as {@code source}
 * @param attempt the newest attempt, 0 in an empty log
 * @param rounds rounds that every lane has completed in the newest attempt
 * @param records records in the log
 * @param repeated of them, records that repeat one before, or belong to an attempt that a newer one has replaced
 * @param expired records that retention has removed from the log's beginning
 * @param deviceStateBytes bytes of device state in the newest attempt
 * @param lanesEnded lanes that have ended in the newest attempt
 * @param ended whether all have: then a target can be completed from this log, unless records have expired
 * @param digest sum of the lanes' digests, 16 hex digits; null until the stream has ended
 * @param problems what keeps the newest attempt from being completed, one line each
 */
public record StreamDescription(
        String migration,
        String stream,
        String source,
        Long createdMillis,
        Integer pageSize,
        List<RamBlock> blocks,
        int lanes,
        int attempt,
        int rounds,
        long records,
        long repeated,
        long expired,
        PageCounts pages,
        ByteCounts bytes,
        long deviceStateBytes,
        int lanesEnded,
        boolean ended,
        String digest,
        List<String> problems,
        List<Attempt> attempts) {

    /** One attempt; its parts as those of the description. */
    public record Attempt(
            int attempt, int rounds, long records, PageCounts pages, ByteCounts bytes, int lanesEnded, boolean ended) {}
}
