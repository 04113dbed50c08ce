package io.godwit.cli;

import io.godwit.cli.cluster.HandoverDescription;
import io.godwit.cli.text.Table;
import java.io.PrintWriter;

/** A handover as text. */
final class HandoverText {
    private HandoverText() {}

    static void print(HandoverDescription handover, PrintWriter out) {
        out.println();
        Table table = new Table()
                .row("Handover", handover.mode() + ", " + handover.state() + " (attempt " + handover.attempt() + ")");
        if (!handover.wanted().isEmpty()) {
            table.row("Only to", handover.wanted());
        }
        if (handover.committedTo() != null) {
            table.row("Given to", handover.committedTo());
        }
        table.row("Left its source", handover.released() ? "yes" : "no");
        handover.continuedBy().forEach(target -> table.row("Continued by", target));
        table.print(out);
        if (!handover.targets().isEmpty()) {
            out.println();
            Table targets = new Table().row("TARGET", "STATE", "ROUND", "");
            handover.targets()
                    .forEach(target -> targets.row(target.target(), target.state(), target.round(), target.reason()));
            targets.print(out);
        }
    }
}
