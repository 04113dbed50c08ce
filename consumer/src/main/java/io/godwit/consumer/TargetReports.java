package io.godwit.consumer;

import io.godwit.client.ClusterRefusal;
import io.godwit.consumer.apply.Target;
import io.godwit.consumer.handover.RefusedTargetException;
import io.godwit.consumer.handover.TargetHandover;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that tells the directory how far a target is, where its guest is to be handed over. */
final class TargetReports {
    private static final Logger LOG = LoggerFactory.getLogger(TargetReports.class);
    private static final long LOOK_MILLIS = 5;
    /** Between two signs of life, far less than a source's usual patience. */
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final TargetHandover handover;
    private final Target target;
    private final boolean copies;
    private final ReceiveRun run;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "godwit-target-reports");

    private int attempt;
    private boolean arbitrated;
    private int round;
    private long saidNanos;

    private TargetReports(TargetHandover handover, Target target, boolean copies, ReceiveRun run) {
        this.handover = handover;
        this.target = target;
        this.copies = copies;
        this.run = run;
    }

    /**
     * Reports until it is ended.
     *
     * @param copies whether a copy will do, where the guest is another target's
     * @param run fails where the target is refused
     */
    static TargetReports start(TargetHandover handover, Target target, boolean copies, ReceiveRun run) {
        TargetReports reports = new TargetReports(handover, target, copies, run);
        reports.thread.setDaemon(true);
        reports.thread.start();
        return reports;
    }

    /** Ends the reports: from now on the caller may speak for the target. */
    void end() throws InterruptedException {
        ended.countDown();
        thread.join();
    }

    private void run() {
        try {
            while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (RefusedTargetException e) {
            run.fail(new ReceiveException(e.getMessage(), e));
        } catch (AuthorizationException e) {
            run.fail(new ReceiveException(
                    "this target may not say that it is ready: the cluster "
                            + ClusterRefusal.reason(e).orElseGet(e::getMessage),
                    e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws RefusedTargetException {
        try {
            if (target.barrier().newestAttempt() > attempt) {
                begin(target.barrier().newestAttempt());
            } else if (arbitrated) {
                report(target.roundOfNewestAttempt());
            }
        } catch (AuthorizationException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("the directory could not be told how far the target is", e);
        }
    }

    private void begin(int newAttempt) throws RefusedTargetException {
        target.barrier().withdraw(handover.lastWithdrawn());
        arbitrated = handover.isArbitrated(newAttempt);
        if (arbitrated) {
            handover.begin(newAttempt, copies);
        }
        attempt = newAttempt;
        round = 0;
        saidNanos = System.nanoTime();
    }

    private void report(int newRound) {
        if (newRound != round || System.nanoTime() - saidNanos > BEAT_NANOS) {
            handover.atRound(newRound);
            round = newRound;
            saidNanos = System.nanoTime();
        }
    }
}
