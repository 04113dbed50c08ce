package io.godwit.cli.progress;

import io.godwit.cli.text.Sizes;
import io.godwit.consumer.ReceiveProgress;
import io.godwit.producer.SendProgress;
import io.godwit.producer.precopy.PrecopyState;
import io.godwit.transformer.TransformerProgress;

/** What roles say of themselves, as a display shows it. */
public final class RoleProgress {
    /** Before, rates say nothing. */
    private static final long RATE_AFTER_MILLIS = 500;

    private RoleProgress() {}

    /** The view of what a sender says. */
    public static ProgressView of(SendProgress progress) {
        PrecopyState round = progress.round();
        return switch (progress.phase()) {
            case PREPARING -> new ProgressView("preparing", 0, 0, "");
            case PRECOPY ->
                new ProgressView(
                        "round " + Math.max(1, round.round()),
                        Math.min(progress.roundBytesSent(), progress.roundBytes()),
                        progress.roundBytes(),
                        sent(progress) + wireRate(progress) + pace(round) + estimate(progress));
            case STOP_AND_COPY -> new ProgressView("guest paused, sending the rest", 0, 0, sent(progress));
            case HANDOVER -> new ProgressView("guest paused, handing it over", 0, 0, sent(progress));
            case AWAITING_STREAM -> new ProgressView("stored, waiting for the transformer", 0, 0, sent(progress));
            case ENDED -> new ProgressView("ended", 0, 0, sent(progress));
        };
    }

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
                                "round "
                                        + Math.max(
                                                1,
                                                progress.round() + (progress.lanesEnded() == progress.lanes() ? 0 : 1)),
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
                + (lookups == 0 ? "none" : 100 * progress.cacheHits() / lookups + " %")
                + (progress.checkpointLookups() == 0
                        ? ""
                        : ", checkpoint hits " + 100 * progress.pages().hash() / progress.checkpointLookups() + " %");
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

    private static String sent(SendProgress progress) {
        return Sizes.format(progress.payloadBytes()) + " of pages in " + Sizes.format(progress.wireBytes()) + " sent";
    }

    private static String wireRate(SendProgress progress) {
        return progress.elapsedMillis() < RATE_AFTER_MILLIS
                ? ""
                : " (" + Sizes.format(1000 * progress.wireBytes() / progress.elapsedMillis()) + "/s)";
    }

    /** Until all is sent, if things go on as they do: the rest shrinks by what is sent more than dirtied. */
    private static String estimate(SendProgress progress) {
        PrecopyState round = progress.round();
        long rate = round.bytesPerSecond();
        if (rate == 0 && progress.elapsedMillis() >= RATE_AFTER_MILLIS) {
            rate = 1000 * progress.roundBytesSent() / progress.elapsedMillis();
        }
        long shrinks = rate - round.dirtyBytesPerSecond();
        if (shrinks <= 0) {
            return "";
        }
        long rest = Math.max(0, progress.roundBytes() - progress.roundBytesSent());
        return ", about " + Math.max(1, rest / shrinks) + " s left";
    }

    private static String pace(PrecopyState round) {
        String pace = round.bytesPerSecond() == 0
                ? ""
                : ", " + Sizes.format(round.bytesPerSecond()) + "/s, guest dirties "
                        + Sizes.format(round.dirtyBytesPerSecond()) + "/s";
        if (round.throttlePercent() > 0) {
            return pace + ", guest slowed down by " + round.throttlePercent() + " %";
        }
        return round.outrun() ? pace + ", faster than it can be sent" : pace;
    }
}
