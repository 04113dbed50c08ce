package io.godwit.transformer.processor;

import io.godwit.codec.FillPage;
import io.godwit.hash.PageHash;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageEncoding;

/**
 * Splits {@code NORMAL} runs where pages of equal bytes lie: {@code ZERO} and {@code FILL} runs in their place. Runs never grow
 * past the run they were part of, so they stay within its stripe.
 */
final class ZeroPages {
    private ZeroPages() {}

    /** Refines a batch. @throws MalformedRecordException if the pages of a run that was split do not match its checksum */
    static void refine(BatchWork work) throws MalformedRecordException {
        RunList runs = work.runs();
        RunList refined = work.beginRefinement();
        boolean changed = false;
        for (int run = 0; run < runs.size(); run++) {
            if (runs.encoding(run) == PageEncoding.NORMAL && hasUniformPage(work, run)) {
                split(work, run, refined);
                changed = true;
            } else {
                refined.add(runs, run);
            }
        }
        work.commit(changed);
    }

    private static boolean hasUniformPage(BatchWork work, int run) {
        int pageSize = work.pageSize();
        int offset = work.runs().offset(run);
        for (int page = 0; page < work.runs().count(run); page++) {
            if (FillPage.isFill(work.raw(), offset + page * pageSize, pageSize)) {
                return true;
            }
        }
        return false;
    }

    private static void split(BatchWork work, int run, RunList refined) throws MalformedRecordException {
        RunList runs = work.runs();
        byte[] raw = work.raw();
        int pageSize = work.pageSize();
        PageEncoding last = null;
        byte lastFill = 0;
        long sum = 0;
        for (int page = 0; page < runs.count(run); page++) {
            long index = runs.index(run) + page;
            int offset = runs.offset(run) + page * pageSize;
            PageEncoding encoding = encodingOf(raw, offset, pageSize);
            long hash = encoding == PageEncoding.ZERO
                    ? PageHash.ZERO
                    : PageHash.ofNonZero(raw, offset, pageSize, work.block(), index);
            sum += hash;
            boolean goesOn = encoding == last && (encoding != PageEncoding.FILL || raw[offset] == lastFill);
            if (goesOn) {
                refined.extendLast(encoding == PageEncoding.NORMAL ? pageSize : 0, hash);
            } else {
                refined.add(index, 1, encoding, offset, lengthOf(encoding, pageSize), hash);
            }
            last = encoding;
            lastFill = raw[offset];
        }
        Checksums.check(work, run, sum);
    }

    private static PageEncoding encodingOf(byte[] raw, int offset, int pageSize) {
        if (!FillPage.isFill(raw, offset, pageSize)) {
            return PageEncoding.NORMAL;
        }
        return raw[offset] == 0 ? PageEncoding.ZERO : PageEncoding.FILL;
    }

    private static int lengthOf(PageEncoding encoding, int pageSize) {
        return switch (encoding) {
            case NORMAL -> pageSize;
            case FILL -> 1;
            default -> 0;
        };
    }
}
