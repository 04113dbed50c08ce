package io.godwit.transformer.processor;

import io.godwit.hash.PageDigest;
import io.godwit.hash.PageHash;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageEncoding;
import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import io.godwit.transformer.checkpoint.IndexedCheckpoint;
import java.util.List;

/** Replaces pages of {@code NORMAL} runs by their SHA-256 where a checkpoint holds them that all targets are said to have. */
final class CheckpointPages {
    private static final int DIGEST = PageEncoding.HASH_BYTES;

    private final CheckpointIndexStore index;
    private final PageDigest sha256 = new PageDigest();
    /** The checkpoints of the batch in work, the first {@link #knownCount} of them. */
    private IndexedCheckpoint[] known = new IndexedCheckpoint[0];

    private int knownCount;
    private boolean[] hits = new boolean[0];

    CheckpointPages(CheckpointIndexStore index) {
        this.index = index;
    }

    /**
     * Refines a batch; hashes nothing if none of the checkpoints is whole.
     *
     * @param checkpoints ids of those that the lane's start names
     * @throws MalformedRecordException if the pages of a run that was split do not match its checksum
     */
    void refine(BatchWork work, List<String> checkpoints) throws MalformedRecordException {
        if (checkpoints.isEmpty() || work.pageSize() == 0) {
            return;
        }
        look(checkpoints, work.pageSize());
        if (knownCount > 0) {
            refine(work);
        }
    }

    /** Finds the checkpoints that can be used now. */
    private void look(List<String> checkpoints, int pageSize) {
        knownCount = 0;
        if (known.length < checkpoints.size()) {
            known = new IndexedCheckpoint[checkpoints.size()];
        }
        for (int named = 0; named < checkpoints.size(); named++) {
            IndexedCheckpoint checkpoint = index.find(checkpoints.get(named));
            if (checkpoint != null && checkpoint.pageSize() == pageSize) {
                known[knownCount++] = checkpoint;
            }
        }
    }

    private void refine(BatchWork work) throws MalformedRecordException {
        RunList runs = work.runs();
        RunList refined = work.beginRefinement();
        boolean changed = false;
        int digestEnd = 0;
        for (int run = 0; run < runs.size(); run++) {
            int hitCount = runs.encoding(run) == PageEncoding.NORMAL ? lookUp(work, run, digestEnd) : 0;
            if (hitCount == 0) {
                refined.add(runs, run);
            } else if (hitCount == runs.count(run)) {
                // Its pages are not taken apart: the checksum stays, and need not be made anew.
                refined.add(
                        runs.index(run), hitCount, PageEncoding.HASH, digestEnd, hitCount * DIGEST, runs.checksum(run));
            } else {
                split(work, run, digestEnd, refined);
            }
            changed |= hitCount > 0;
            digestEnd += hitCount * DIGEST;
        }
        work.commit(changed);
    }

    /** Hashes each page of a run; keeps the digests of those that are known, from {@code digestOffset} on. @return how many */
    private int lookUp(BatchWork work, int run, int digestOffset) {
        RunList runs = work.runs();
        int count = runs.count(run);
        int pageSize = work.pageSize();
        hits = hits.length >= count ? hits : new boolean[count];
        byte[] digests = work.digestBuffer();
        int end = digestOffset;
        for (int page = 0; page < count; page++) {
            sha256.digest(work.raw(), runs.offset(run) + page * pageSize, pageSize, digests, end);
            boolean isHit = isKnown(digests, end);
            hits[page] = isHit;
            // A digest that is not kept is written over by the next.
            end += isHit ? DIGEST : 0;
        }
        work.countLookups(count);
        return (end - digestOffset) / DIGEST;
    }

    private boolean isKnown(byte[] digests, int offset) {
        for (int checkpoint = 0; checkpoint < knownCount; checkpoint++) {
            if (known[checkpoint].contains(digests, offset)) {
                return true;
            }
        }
        return false;
    }

    private void split(BatchWork work, int run, int firstDigest, RunList refined) throws MalformedRecordException {
        RunList runs = work.runs();
        int pageSize = work.pageSize();
        int digest = firstDigest;
        long sum = 0;
        for (int page = 0; page < runs.count(run); page++) {
            long index = runs.index(run) + page;
            int offset = runs.offset(run) + page * pageSize;
            // Never a zero page: zero-pages has taken those out.
            long hash = PageHash.ofNonZero(work.raw(), offset, pageSize, work.block(), index);
            sum += hash;
            boolean isHit = hits[page];
            int length = isHit ? DIGEST : pageSize;
            if (page > 0 && hits[page - 1] == isHit) {
                refined.extendLast(length, hash);
            } else {
                PageEncoding encoding = isHit ? PageEncoding.HASH : PageEncoding.NORMAL;
                refined.add(index, 1, encoding, isHit ? digest : offset, length, hash);
            }
            digest += isHit ? DIGEST : 0;
        }
        Checksums.check(work, run, sum);
    }
}
