package io.godwit.cli.progress;

import io.godwit.cli.text.Sizes;
import io.godwit.producer.SendProgress;
import io.godwit.producer.precopy.PrecopyState;

/** Views of a sender, whose progress tells totals: what belongs to the current round is the difference. One thread. */
public final class SendViews {
    private int round;
    private long pagesBefore;
    private long pageSize;

    /** The view of what a sender says now. */
    public ProgressView of(SendProgress progress) {
        return switch (progress.phase()) {
            case PREPARING -> new ProgressView("preparing", 0, 0, "");
            case PRECOPY -> ofRound(progress);
            case STOP_AND_COPY -> new ProgressView("guest paused, sending the rest", 0, 0, sent(progress));
            case AWAITING_STREAM -> new ProgressView("stored, waiting for the transformer", 0, 0, sent(progress));
            case ENDED -> new ProgressView("ended", 0, 0, sent(progress));
        };
    }

    private ProgressView ofRound(SendProgress progress) {
        PrecopyState state = progress.round();
        if (state.roundPages() == 0) {
            return new ProgressView("preparing", 0, 0, "");
        }
        long pages = progress.normalPages() + progress.zeroPages();
        if (state.round() == 1) {
            // The first round is all of memory.
            pageSize = progress.guestBytes() / state.roundPages();
        }
        if (state.round() != round) {
            round = state.round();
            pagesBefore = round == 1 ? 0 : pages;
        }
        return new ProgressView(
                "round " + round,
                (pages - pagesBefore) * pageSize,
                state.roundPages() * pageSize,
                sent(progress) + pace(state));
    }

    private static String sent(SendProgress progress) {
        return Sizes.format(progress.payloadBytes()) + " of pages in " + Sizes.format(progress.wireBytes()) + " sent";
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
