package io.godwit.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.directory.LaneTotals;
import io.godwit.producer.SendProgress.Phase;
import io.godwit.producer.precopy.PrecopyState;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.producer.publish.PagePipeline;
import io.godwit.producer.publish.PipelineConfig;
import io.godwit.producer.publish.RateLimiter;
import io.godwit.producer.publish.StreamFollower;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import io.godwit.report.RoleReport;
import io.godwit.topic.Lanes;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SendMonitorTest {
    private static final int PAGE_SIZE = 4096;
    private static final long GUEST_BYTES = 3L * PAGE_SIZE;
    private static final PrecopyState RUNNING = new PrecopyState(1, 3, 0, 0, 0, false, false);
    private static final PrecopyState PAUSED = new PrecopyState(2, 1, 1000, 10, 0, false, true);

    private final SendMonitor monitor = new SendMonitor(SendOptions.of("vm-1"));
    private PagePipeline pipeline;

    @BeforeEach
    void open() throws Exception {
        Manifest manifest = new Manifest(PAGE_SIZE, List.of(new RamBlock("ram", GUEST_BYTES)));
        PipelineConfig config = new PipelineConfig("vm-1", 4, manifest, new Lanes(manifest, 1, 512), 8, 1 << 20, 1);
        pipeline = PagePipeline.toKafka(
                config,
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()),
                new RateLimiter(RateLimiter.UNLIMITED, System::nanoTime, nanos -> {}),
                StreamFollower.NONE);
        pipeline.start(new StreamStart("id", manifest, 1, 512, List.of(), "test", 1));
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void beforeSendingThereIsNothingToTellButThePhase() {
        SendProgress progress = monitor.progress();

        assertThat(progress.phase()).isEqualTo(Phase.PREPARING);
        assertThat(progress.attempt()).isZero();
        assertThat(progress.normalPages() + progress.zeroPages() + progress.wireBytes())
                .isZero();
    }

    @Test
    void phasesFollowTheGuest() {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.changed(RUNNING);
        assertThat(monitor.progress().phase()).isEqualTo(Phase.PRECOPY);
        assertThat(monitor.progress().guestBytes()).isEqualTo(GUEST_BYTES);

        monitor.changed(PAUSED);
        assertThat(monitor.progress().phase()).isEqualTo(Phase.STOP_AND_COPY);
        assertThat(monitor.progress().round()).isEqualTo(PAUSED);

        monitor.passed();
        monitor.stored();
        assertThat(monitor.progress().phase()).isEqualTo(Phase.AWAITING_STREAM);

        monitor.ended();
        assertThat(monitor.progress().phase()).isEqualTo(Phase.ENDED);
    }

    @Test
    void progressCountsThePagesOfTheRound() throws Exception {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.changed(RUNNING);
        pipeline.zeroPages(0, 0, 2);
        pipeline.awaitCarried();
        assertThat(monitor.progress().roundBytes()).isEqualTo(GUEST_BYTES);
        assertThat(monitor.progress().roundBytesSent()).isEqualTo(2 * PAGE_SIZE);

        monitor.changed(PAUSED);

        assertThat(monitor.progress().roundBytes()).isEqualTo(PAGE_SIZE);
        assertThat(monitor.progress().roundBytesSent()).isZero();
    }

    @Test
    void aStopClosesThePipeline() {
        monitor.begins(4, GUEST_BYTES, pipeline);

        monitor.stop();

        assertThat(pipeline.failure()).isInstanceOf(SendMonitor.StopRequest.class);
        assertThatThrownBy(pipeline::endRound).isInstanceOf(SinkClosedException.class);
    }

    @Test
    void aStopThatCameBeforeThePipelineClosesItAtOnce() {
        monitor.stop();

        monitor.begins(4, GUEST_BYTES, pipeline);

        assertThat(pipeline.failure()).isInstanceOf(SendMonitor.StopRequest.class);
    }

    @Test
    void onceAllPagesWerePassedAStopNoLongerClosesThePipeline() {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.passed();

        monitor.stop();

        assertThat(pipeline.failure()).isNull();
        assertThat(monitor.isStopRequested()).isTrue();
    }

    @Test
    void theReportCountsWhatWasSentAndLeavesOutWhatASenderCannotKnow() throws Exception {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.changed(RUNNING);
        pipeline.page(0, 0, ByteBuffer.allocate(PAGE_SIZE).put(0, (byte) 1), 0);
        pipeline.zeroPages(0, 1, 2);
        pipeline.endRound();
        monitor.changed(PAUSED);
        pipeline.finish();
        monitor.passed();
        monitor.stored();

        SendReport report = monitor.report(SendReport.SENT, true, null);

        RoleReport summary = report.summary();
        assertThat(report.attempt()).isEqualTo(4);
        assertThat(report.warnings()).isEmpty();
        assertThat(summary.migration()).isEqualTo("vm-1");
        assertThat(summary.role()).isEqualTo("send");
        assertThat(summary.status()).isEqualTo("sent");
        assertThat(summary.rounds()).isEqualTo(1);
        assertThat(summary.pages()).isEqualTo(new PageCounts(1L, 2L, null, null, null, null));
        assertThat(summary.bytes()).isEqualTo(new ByteCounts(GUEST_BYTES, (long) PAGE_SIZE, null));
        assertThat(summary.downtimeMillis()).isBetween(0L, summary.durationMillis());
        assertThat(summary.verified()).isNull();
        assertThat(summary.digest())
                .isEqualTo(String.format("%016x", pipeline.digest()))
                .hasSize(16);
    }

    @Test
    void whatTheTransformerToldOfTheStreamIsReported() throws Exception {
        monitor.begins(4, GUEST_BYTES, pipeline);
        pipeline.page(0, 0, ByteBuffer.allocate(PAGE_SIZE).put(0, (byte) 1), 0);
        pipeline.finish();
        monitor.passed();
        monitor.stored();

        RoleReport summary = monitor.report(SendReport.COMPLETED, false, new LaneTotals(1, 2, 3, 4, 5, 6, 7, 8))
                .summary();

        assertThat(summary.pages()).isEqualTo(new PageCounts(1L, 2L, 3L, 4L, 5L, 6L));
        assertThat(summary.bytes()).isEqualTo(new ByteCounts((long) PAGE_SIZE, 7L, 8L));
    }

    @Test
    void aGuestThatDoesNotRunHasNoDowntime() {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.passed();
        monitor.stored();

        assertThat(monitor.report(SendReport.SENT, false, null).summary().downtimeMillis())
                .isNull();
    }

    @Test
    void aSendingThatWasStoppedHasNeitherDowntimeNorDigest() {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.stop();

        RoleReport summary = monitor.report(SendReport.INTERRUPTED, true, null).summary();

        assertThat(summary.downtimeMillis()).isNull();
        assertThat(summary.digest()).isNull();
        assertThat(summary.durationMillis()).isNotNegative();
    }

    @Test
    void aGuestThatOutrunsThePipeIsToldOnceAndInSoManyWords() {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.changed(new PrecopyState(5, 3, 80_000_000, 120_000_000, 0, true, false));
        monitor.changed(new PrecopyState(6, 3, 70_000_000, 120_000_000, 0, true, false));
        monitor.stop();

        assertThat(monitor.report(SendReport.INTERRUPTED, true, null).warnings())
                .containsExactly("the migration does not converge: the guest dirties 120.0 MB/s and 80.0 MB/s pass;"
                        + " let the guest be throttled (--auto-converge), allow a longer pause (--downtime-limit), or"
                        + " raise --max-bandwidth");
    }

    @Test
    void aGuestThatWasThrottledIsToldSo() {
        monitor.begins(4, GUEST_BYTES, pipeline);
        monitor.changed(new PrecopyState(5, 3, 80_000_000, 120_000_000, 20, true, false));
        monitor.stop();

        assertThat(monitor.report(SendReport.INTERRUPTED, true, null).warnings())
                .singleElement()
                .asString()
                .contains("the guest dirties 120.0 MB/s and 80.0 MB/s pass; the guest was throttled");
    }
}
