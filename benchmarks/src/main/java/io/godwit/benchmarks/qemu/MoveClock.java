package io.godwit.benchmarks.qemu;

import io.godwit.cli.guest.QemuGuest;
import io.godwit.qemu.qmp.QmpEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * When a move began and ended, as both QEMUs tell it, whoever moves the guest: from the moment that the source's migration is
 * set up, until the guest runs at the destination and the source has let it go.
 */
final class MoveClock {
    private static final Duration LATE_EVENT_LIMIT = Duration.ofSeconds(10);

    private final CompletableFuture<Long> begun = new CompletableFuture<>();
    private final CompletableFuture<Long> stopped = new CompletableFuture<>();
    private final CompletableFuture<Long> letGo = new CompletableFuture<>();
    private final CompletableFuture<Long> goesOn = new CompletableFuture<>();

    /** Listens to both from now on. */
    MoveClock(QemuGuest source, QemuGuest destination) throws IOException {
        source.qmp()
                .execute(
                        "migrate-set-capabilities",
                        Map.of("capabilities", List.of(Map.of("capability", "events", "state", true))));
        source.qmp().onEvent(this::hearSource);
        destination.qmp().onEvent(event -> complete(goesOn, event, event.name().equals("RESUME")));
    }

    private void hearSource(QmpEvent event) {
        String status = event.data().path("status").asText();
        boolean isMigration = event.name().equals("MIGRATION");
        complete(begun, event, isMigration && status.equals("setup"));
        complete(stopped, event, event.name().equals("STOP"));
        complete(letGo, event, isMigration && status.equals("completed"));
    }

    private static void complete(CompletableFuture<Long> moment, QmpEvent event, boolean isIt) {
        if (isIt) {
            moment.complete(event.atMicros());
        }
    }

    /** Seconds that the move took; waits for an event that is still to be delivered. */
    double seconds() throws Exception {
        long end = Math.max(get(letGo), get(goesOn));
        return TimeUnit.MICROSECONDS.toMillis(end - get(begun)) / 1000.0;
    }

    /** Milliseconds from the moment that the source stopped the guest until the destination let it go on. */
    double stoppedMillis() throws Exception {
        return (get(goesOn) - get(stopped)) / 1000.0;
    }

    private static long get(CompletableFuture<Long> moment) throws Exception {
        return moment.get(LATE_EVENT_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
