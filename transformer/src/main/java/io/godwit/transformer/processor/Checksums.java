package io.godwit.transformer.processor;

import io.godwit.record.MalformedRecordException;

/** Whoever takes a run apart answers for its checksum: the parts get their own, and their sum must be the whole's. */
final class Checksums {
    private Checksums() {}

    /** Compares the sum of the page hashes of a run with the checksum it came with. */
    static void check(BatchWork work, int run, long sum) throws MalformedRecordException {
        RunList runs = work.runs();
        if (sum != runs.checksum(run)) {
            throw new MalformedRecordException(String.format(
                    "checksum of block %d, pages %d to %d is %016x, the record says %016x",
                    work.block(), runs.index(run), runs.index(run) + runs.count(run) - 1, sum, runs.checksum(run)));
        }
    }
}
