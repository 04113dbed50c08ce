package io.godwit.transformer.processor;

import io.godwit.codec.Xbzrle;
import io.godwit.hash.PageHash;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.transformer.store.LanePages;

/**
 * Replaces pages of {@code NORMAL} runs by their delta against the cached page, leaves unchanged ones out, and keeps the cache
 * (invariant 3, base): after a batch was refined, every page of it that is cached is as the batch has it.
 */
final class XbzrlePages {
    /** Longest run whose pages are looked up one by one to be forgotten; a longer one costs the lane's whole cache. */
    private static final int MAX_FORGOTTEN_PAGES = 1 << 16;

    /** Outcomes of a page; a positive one is the length of its delta. */
    private static final int MISS = Integer.MIN_VALUE;

    private static final int UNCHANGED = 0;

    private int[] outcomes = new int[PageBatch.DEFAULT_PAGES];
    private int deltaEnd;

    /** Refines a batch. @throws MalformedRecordException if the pages of a run that was split do not match its checksum */
    void refine(BatchWork work, LanePages pages) throws MalformedRecordException {
        pages.round(work.batch().round());
        if (work.pageSize() != 0 && work.pageSize() != pages.pageSize()) {
            // Page numbers mean other places now.
            pages.clear();
        }
        deltaEnd = 0;
        RunList runs = work.runs();
        RunList refined = work.beginRefinement();
        boolean changed = false;
        for (int run = 0; run < runs.size(); run++) {
            if (runs.encoding(run) != PageEncoding.NORMAL) {
                forget(pages, work.block(), runs.index(run), runs.count(run));
                refined.add(runs, run);
            } else {
                int firstDelta = deltaEnd;
                if (encodePages(work, run, pages)) {
                    split(work, run, firstDelta, refined);
                    changed = true;
                } else {
                    refined.add(runs, run);
                }
            }
        }
        work.commit(changed);
    }

    /** Makes every page of a batch that goes on as it is leave the cache. */
    static void forget(LanePages pages, PageBatch batch) {
        PageRuns runs = batch.runs();
        for (int run = 0; run < runs.size(); run++) {
            forget(pages, batch.block(), runs.index(run), runs.count(run));
        }
    }

    private static void forget(LanePages pages, int block, long index, int count) {
        if (count > MAX_FORGOTTEN_PAGES) {
            pages.clear();
        } else {
            pages.remove(block, index, count);
        }
    }

    /** Finds each page's outcome, and caches it. @return whether any page is left out or became a delta */
    private boolean encodePages(BatchWork work, int run, LanePages pages) {
        RunList runs = work.runs();
        int count = runs.count(run);
        outcomes = outcomes.length >= count ? outcomes : new int[count];
        int misses = 0;
        int unchanged = 0;
        int overflows = 0;
        for (int page = 0; page < count; page++) {
            int outcome = encodePage(work, run, page, pages);
            outcomes[page] = outcome;
            misses += outcome == MISS ? 1 : 0;
            unchanged += outcome == UNCHANGED ? 1 : 0;
            overflows += outcome == Xbzrle.OVERFLOW ? 1 : 0;
        }
        work.countOutcome(count - misses, misses, unchanged, overflows);
        return misses + overflows < count;
    }

    private int encodePage(BatchWork work, int run, int page, LanePages pages) {
        int pageSize = work.pageSize();
        long index = work.runs().index(run) + page;
        int offset = work.runs().offset(run) + page * pageSize;
        byte[] raw = work.raw();
        int frame = pages.find(work.block(), index);
        int outcome = MISS;
        if (frame != LanePages.NONE) {
            int length = Xbzrle.encode(
                    pages.bytes(frame), pages.offset(frame), raw, offset, pageSize, work.deltaBuffer(), deltaEnd);
            if (length == UNCHANGED) {
                return UNCHANGED;
            }
            outcome = length >= pageSize ? Xbzrle.OVERFLOW : length;
            deltaEnd += Math.max(0, outcome);
        }
        pages.put(work.block(), index, raw, offset, pageSize);
        return outcome;
    }

    private void split(BatchWork work, int run, int firstDelta, RunList refined) throws MalformedRecordException {
        RunList runs = work.runs();
        int pageSize = work.pageSize();
        boolean lastIsNormal = false;
        int delta = firstDelta;
        long sum = 0;
        for (int page = 0; page < runs.count(run); page++) {
            long index = runs.index(run) + page;
            int offset = runs.offset(run) + page * pageSize;
            // Never a zero page: zero-pages has taken those out.
            long hash = PageHash.ofNonZero(work.raw(), offset, pageSize, work.block(), index);
            sum += hash;
            int outcome = outcomes[page];
            boolean isNormal = outcome == MISS || outcome == Xbzrle.OVERFLOW;
            if (isNormal && lastIsNormal) {
                refined.extendLast(pageSize, hash);
            } else if (isNormal) {
                refined.add(index, 1, PageEncoding.NORMAL, offset, pageSize, hash);
            } else if (outcome != UNCHANGED) {
                refined.add(index, 1, PageEncoding.XBZRLE, delta, outcome, hash);
                delta += outcome;
            }
            lastIsNormal = isNormal;
        }
        Checksums.check(work, run, sum);
    }
}
