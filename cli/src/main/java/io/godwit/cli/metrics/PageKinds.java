package io.godwit.cli.metrics;

import io.godwit.report.PageCounts;
import java.util.Map;

/** Pages by what became of them, as values of the label {@code encoding}. */
final class PageKinds {
    static final String LABEL = "encoding";

    private PageKinds() {}

    /** @param pages all of them known */
    static Map<String, Long> of(PageCounts pages) {
        return Map.of(
                "normal", pages.normal(),
                "zero", pages.zero(),
                "fill", pages.fill(),
                "xbzrle", pages.xbzrle(),
                "hash", pages.hash(),
                "unchanged", pages.unchanged());
    }
}
