package io.godwit.cli.progress;

import io.godwit.cli.text.Sizes;
import io.godwit.consumer.ReceiveProgress;
import io.godwit.transformer.TransformerProgress;

/** What roles say of themselves, as a display shows it. */
public final class RoleProgress {
    private RoleProgress() {}

    /** The view of what a receiver says. */
    public static ProgressView of(ReceiveProgress progress) {
        long received = progress.bytes().guest();
        return switch (progress.phase()) {
            case WAITING_FOR_STREAM -> new ProgressView("waiting for the migration to be sent", 0, 0, "");
            case WAITING_FOR_RECORDS -> new ProgressView("waiting for records", 0, 0, "");
            case RECEIVING ->
                progress.round() == 0
                        ? new ProgressView(
                                "round 1",
                                Math.min(received, progress.guestBytes()),
                                progress.guestBytes(),
                                fetched(progress))
                        : new ProgressView(
                                "round " + (progress.round() + 1),
                                0,
                                0,
                                Sizes.format(received) + " applied, " + fetched(progress));
            case FINISHED -> new ProgressView("ended", 0, 0, fetched(progress));
        };
    }

    /** The view of what a transformer says. */
    public static ProgressView of(TransformerProgress progress) {
        long lookups = progress.cacheHits() + progress.cacheMisses();
        String detail = progress.records() + " records, " + Sizes.format(progress.bytesIn()) + " in, "
                + Sizes.format(progress.bytesOut()) + " out, cache hits "
                + (lookups == 0 ? "none" : 100 * progress.cacheHits() / lookups + " %");
        return new ProgressView(
                "transforming",
                0,
                0,
                progress.refusedRecords() == 0
                        ? detail
                        : detail + ", " + progress.refusedRecords() + " records could not be read");
    }

    private static String fetched(ReceiveProgress progress) {
        return Sizes.format(progress.bytes().wire()) + " fetched, " + progress.lanesEnded() + " of " + progress.lanes()
                + " lanes ended";
    }
}
