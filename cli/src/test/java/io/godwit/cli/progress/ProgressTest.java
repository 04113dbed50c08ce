package io.godwit.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.producer.SendProgress;
import io.godwit.producer.SendProgress.Phase;
import io.godwit.producer.precopy.PrecopyState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ProgressTest {
    private static final long GIB = 1L << 30;

    private final StringWriter err = new StringWriter();

    @Test
    void aBarLineFillsItsLengthAndNeverMore() {
        ProgressView view = new ProgressView("round 1", GIB / 2, GIB, "17 MiB sent");

        assertThat(BarLine.of(view, 80))
                .hasSize(80)
                .startsWith("round 1 [############............] 50 % of 1.00 GiB, 17 MiB sent");
        assertThat(BarLine.of(view, 12)).isEqualTo("round 1 [###");
        assertThat(BarLine.of(new ProgressView("waiting", 0, 0, ""), 10)).isEqualTo("waiting   ");
    }

    @Test
    void moreThanAllIsAll() {
        assertThat(BarLine.of(new ProgressView("r", 2 * GIB, GIB, ""), 50)).contains("[" + "#".repeat(24) + "] 100 %");
    }

    @Test
    void plainLinesAreWrittenWhenThereIsSomethingNewSoonForAPhaseSeldomForAStep() {
        AtomicLong seconds = new AtomicLong();
        ProgressLineLook look = new ProgressLineLook(
                new PrintWriter(err, true), "godwit send", () -> TimeUnit.SECONDS.toNanos(seconds.get()));

        look.show(new ProgressView("round 1", GIB / 4, GIB, ""));
        look.show(new ProgressView("starting", 0, 0, ""));
        seconds.set(2);
        look.show(new ProgressView("round 1", GIB / 2, GIB, "x"));
        seconds.set(3);
        look.show(new ProgressView("round 1", GIB / 2, GIB, "x"));
        look.show(new ProgressView("round 1", GIB / 2, GIB, "x"));
        seconds.set(4);
        look.show(new ProgressView("paused", 0, 0, ""));

        assertThat(err.toString().lines())
                .containsExactly(
                        "godwit send: round 1, 256 MiB of 1.00 GiB",
                        "godwit send: round 1, 512 MiB of 1.00 GiB, x",
                        "godwit send: paused");
    }

    @Test
    void theFirstLineComesAtOnceAndNothingAfterTheWork() throws Exception {
        CountDownLatch shown = new CountDownLatch(1);

        String result = ProgressDisplay.during(
                new PrintWriter(err, true),
                "godwit x",
                () -> {
                    shown.countDown();
                    return new ProgressView("working", 0, 0, "");
                },
                () -> shown.await(10, TimeUnit.SECONDS) ? "done" : "never shown");

        assertThat(result).isEqualTo("done");
        assertThat(err.toString().lines()).containsExactly("godwit x: working");
    }

    @Test
    void aFailureOfTheWorkPassesThrough() {
        assertThatThrownBy(() -> ProgressDisplay.during(
                        new PrintWriter(err, true), "x", () -> new ProgressView("", 0, 0, ""), () -> {
                            throw new IOException("disk");
                        }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aRoundShowsWhatIsSentOfItAndHowTheGuestIsSlowedDown() {
        PrecopyState state = new PrecopyState(2, 100, 1 << 20, 1 << 20, 40, true, false);
        SendProgress progress = new SendProgress(
                Phase.PRECOPY, 1, 1000L << 12, state, 100L << 12, 150L << 12, 1050, 0, 1050L << 12, 1050L << 11, 1000);

        ProgressView view = RoleProgress.of(progress);

        assertThat(view.totalBytes()).isEqualTo(100L << 12);
        assertThat(view.doneBytes())
                .as("pages that became dirty meanwhile do not push it past the end")
                .isEqualTo(100L << 12);
        assertThat(view.detail()).contains("guest slowed down by 40 %");
    }

    @Test
    void aRoundShowsItsRateOnTheWireAndWhenItIsOverAsThingsGo() {
        PrecopyState state = new PrecopyState(2, 0, 30L << 20, 10L << 20, 0, false, false);
        SendProgress progress = new SendProgress(
                Phase.PRECOPY, 1, 1L << 30, state, 100L << 20, 20L << 20, 1, 0, 300L << 20, 120L << 20, 4000);

        assertThat(RoleProgress.of(progress).detail())
                .isEqualTo("300 MiB of pages in 120 MiB sent (30.0 MiB/s), 30.0 MiB/s, guest dirties 10.0 MiB/s,"
                        + " about 4 s left");
    }

    @Test
    void aGuestThatDirtiesMemoryFasterThanItPassesHasNoEstimate() {
        PrecopyState state = new PrecopyState(2, 0, 10L << 20, 30L << 20, 0, true, false);
        SendProgress progress = new SendProgress(
                Phase.PRECOPY, 1, 1L << 30, state, 100L << 20, 20L << 20, 1, 0, 300L << 20, 120L << 20, 4000);

        assertThat(RoleProgress.of(progress).detail()).endsWith("faster than it can be sent");
    }
}
