package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where a source stops in the middle of its work until the test has done what it wants to do then. */
final class Gate {
    private final CountDownLatch arrival = new CountDownLatch(1);
    private final CountDownLatch opening = new CountDownLatch(1);

    /** Called by the source: waits until it is opened. */
    void pass() throws InterruptedException {
        arrival.countDown();
        if (!opening.await(Background.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the gate was never opened");
        }
    }

    void awaitArrival() throws InterruptedException {
        assertThat(arrival.await(Background.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the source has come to the gate")
                .isTrue();
    }

    void open() {
        opening.countDown();
    }
}
