package io.godwit.cli;

import io.godwit.cli.demo.QemuDemoReport;
import io.godwit.cli.demo.SyntheticDemoReport;
import io.godwit.cli.text.Durations;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.report.RoleReport;
import java.io.PrintWriter;

/** What a demo showed, as text. */
final class DemoText {
    private DemoText() {}

    static void print(SyntheticDemoReport report, SyntheticSpec guest, PrintWriter out) {
        RoleReport arrived = report.waiting();
        new Table()
                .row(
                        "Guest",
                        Sizes.format(report.memoryBytes()) + ", " + guest.threads() + " threads write "
                                + guest.writesPerSecond() + " times a second in " + Sizes.format(guest.hotBytes()))
                .row("Rounds", report.send().rounds())
                .row("Pages", ReportText.pages(arrived.pages()))
                .row("Bytes", ReportText.bytes(arrived.bytes()))
                .row("Sending", ReportText.time(report.send()))
                .row("Downtime", Durations.format(report.send().downtimeMillis()))
                .row(
                        "Waiting target",
                        status(arrived) + " " + Durations.format(report.waitingLagMillis())
                                + " after the source was done")
                .row("Late target", status(report.late()) + " in " + ReportText.time(report.late()))
                .row("Memory", report.identical() ? "identical in guest and both targets" : "DIFFERENT")
                .print(out);
    }

    static void print(QemuDemoReport report, String workload, PrintWriter out) {
        RoleReport arrived = report.receive();
        new Table()
                .row("Guest", Sizes.format(report.memoryBytes()) + " of Linux under QEMU " + report.qemu())
                .row("Workload", workload)
                .row("Rounds", report.send().rounds())
                .row("Pages", ReportText.pages(arrived.pages()))
                .row("Bytes", ReportText.bytes(arrived.bytes()))
                .row("Sending", ReportText.time(report.send()))
                .row("Source", report.sourceState() + ", last heartbeat " + report.lastBefore())
                .row(
                        "Destination",
                        report.destinationState() + ", first heartbeat " + report.firstAfter() + ", now "
                                + report.last())
                .row("Pause", Durations.format(report.pauseMillis()) + " between these two heartbeats")
                .row("Memory", report.fault() == null ? "checked by the guest, every page its own" : report.fault())
                .print(out);
    }

    private static String status(RoleReport target) {
        return target.status() + (Boolean.TRUE.equals(target.verified()) ? " and verified" : "");
    }
}
