package io.godwit.cli;

import io.godwit.cli.describe.StreamDescription;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import io.godwit.record.RamBlock;
import java.io.PrintWriter;
import java.time.Instant;

/** A stream's description as text. */
final class DescriptionText {
    private DescriptionText() {}

    static void print(StreamDescription stream, PrintWriter out) {
        Table table = new Table()
                .row("Migration", stream.migration())
                .row("Stream", stream.stream())
                .row("State", state(stream));
        if (stream.blocks() != null) {
            addStart(stream, table);
        }
        table.row("Attempt", stream.attempt())
                .row("Rounds", stream.rounds())
                .row("Lanes", stream.lanes() + ", of which " + stream.lanesEnded() + " have ended")
                .row("Records", records(stream))
                .row("Pages", ReportText.pages(stream.pages()))
                .row("Bytes", ReportText.bytes(stream.bytes()));
        if (stream.deviceStateBytes() > 0) {
            table.row("Device state", Sizes.format(stream.deviceStateBytes()));
        }
        if (stream.digest() != null) {
            table.row("Digest", stream.digest());
        }
        stream.problems().forEach(problem -> table.row("Problem", problem));
        table.print(out);
        if (stream.attempts().size() > 1) {
            printAttempts(stream, out);
        }
    }

    private static String state(StreamDescription stream) {
        if (!stream.problems().isEmpty()) {
            return "cannot be completed";
        }
        if (stream.expired() > 0) {
            return (stream.ended() ? "ended" : "not ended") + ", its beginning has expired";
        }
        return stream.ended() ? "ended" : "not ended";
    }

    private static void addStart(StreamDescription stream, Table table) {
        table.row("Source", stream.source())
                .row("Begun", Instant.ofEpochMilli(stream.createdMillis()))
                .row("Page size", Sizes.format(stream.pageSize()));
        String label = "Blocks";
        for (RamBlock block : stream.blocks()) {
            table.row(
                    label,
                    block.id() + ", " + Sizes.format(block.length()) + ", " + block.length() / stream.pageSize()
                            + " pages");
            label = "";
        }
    }

    private static String records(StreamDescription stream) {
        return stream.records()
                + (stream.repeated() > 0 ? ", of which " + stream.repeated() + " are repeated or replaced" : "")
                + (stream.expired() > 0 ? "; " + stream.expired() + " before them have expired" : "");
    }

    private static void printAttempts(StreamDescription stream, PrintWriter out) {
        out.println();
        Table table = new Table().row("ATTEMPT", "ROUNDS", "RECORDS", "LANES ENDED", "WIRE", "PAGES");
        for (StreamDescription.Attempt attempt : stream.attempts()) {
            table.row(
                    attempt.attempt(),
                    attempt.rounds(),
                    attempt.records(),
                    attempt.lanesEnded() + "/" + stream.lanes(),
                    Sizes.format(attempt.bytes().wire()),
                    ReportText.pages(attempt.pages()));
        }
        table.print(out);
    }
}
