package io.godwit.cli;

import io.godwit.cli.text.Durations;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import io.godwit.report.RoleReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a role reports at its end, as text. Numbers that a role cannot know are left out. */
final class ReportText {
    private ReportText() {}

    static void print(RoleReport report, PrintWriter out) {
        Table table = new Table()
                .row("Migration", report.migration())
                .row("Status", report.status() + (Boolean.TRUE.equals(report.verified()) ? ", verified" : ""))
                .row("Rounds", report.rounds())
                .row("Pages", pages(report.pages()))
                .row("Bytes", bytes(report.bytes()))
                .row("Time", time(report));
        if (report.downtimeMillis() != null) {
            table.row("Downtime", Durations.format(report.downtimeMillis()));
        }
        if (report.digest() != null) {
            table.row("Digest", report.digest());
        }
        table.print(out);
    }

    static String pages(PageCounts pages) {
        List<String> known = new ArrayList<>();
        add(known, "normal", pages.normal());
        add(known, "zero", pages.zero());
        add(known, "fill", pages.fill());
        add(known, "xbzrle", pages.xbzrle());
        add(known, "hash", pages.hash());
        add(known, "unchanged", pages.unchanged());
        return String.join(", ", known);
    }

    static String bytes(ByteCounts bytes) {
        List<String> known = new ArrayList<>();
        addSize(known, "guest", bytes.guest());
        addSize(known, "payload", bytes.payload());
        addSize(known, "wire", bytes.wire());
        String all = String.join(", ", known);
        return bytes.guest() == null || bytes.wire() == null || bytes.wire() == 0
                ? all
                : all
                        + String.format(
                                Locale.ROOT, " (guest is %.1f times wire)", bytes.guest() / (double) bytes.wire());
    }

    static String time(RoleReport report) {
        String time = Durations.format(report.durationMillis());
        return report.bytes().guest() == null || report.durationMillis() == 0
                ? time
                : time + ", " + Sizes.formatRate(report.bytes().guest(), report.durationMillis()) + " of guest memory";
    }

    private static void add(List<String> known, String name, Long count) {
        if (count != null) {
            known.add(name + " " + count);
        }
    }

    private static void addSize(List<String> known, String name, Long bytes) {
        if (bytes != null) {
            known.add(name + " " + Sizes.format(bytes));
        }
    }
}
