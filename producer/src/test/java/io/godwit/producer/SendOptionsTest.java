package io.godwit.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.godwit.client.Replication;
import io.godwit.directory.Handover;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendOptionsTest {
    private final SendOptions options = SendOptions.of("vm-1");

    @Test
    void everyChangeChangesOneThing() {
        SendOptions changed = options.withLanes(8)
                .withRetention(Duration.ofHours(2))
                .withMaxBandwidth(1 << 20)
                .withDowntimeLimit(Duration.ofMillis(50))
                .withAutoConverge(true)
                .withPatience(Duration.ofSeconds(5))
                .withHandover(Handover.VERIFIED)
                .withTarget("b")
                .withCheckpoints(List.of("base", "nightly"))
                .withReplication(new Replication(3, 2));

        assertThat(changed)
                .isEqualTo(new SendOptions(
                        "vm-1",
                        8,
                        Duration.ofHours(2),
                        1 << 20,
                        Duration.ofMillis(50),
                        true,
                        Duration.ofSeconds(5),
                        Handover.VERIFIED,
                        "b",
                        List.of("base", "nightly"),
                        new Replication(3, 2)));
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        refused(() -> SendOptions.of("vm 1"), "migration name 'vm 1' is not allowed");
        refused(() -> options.withLanes(0), "lane count 0 is not in 1..1024");
        refused(() -> options.withLanes(1025), "lane count 1025 is not in 1..1024");
        refused(() -> options.withRetention(Duration.ZERO), "retention PT0S is not positive");
        refused(() -> options.withMaxBandwidth(-1), "bandwidth -1 is negative");
        refused(() -> options.withDowntimeLimit(Duration.ofMillis(-5)), "downtime limit PT-0.005S is not positive");
        refused(() -> options.withCheckpoints(List.of("a/b")), "checkpoint name 'a/b' is not allowed");
        refused(
                () -> options.withCheckpoints(Collections.nCopies(1025, "base")),
                "1025 checkpoints are over the limit of 1024");
        refused(() -> options.withPatience(Duration.ZERO), "patience PT0S is not positive");
        refused(() -> options.withPatience(Duration.ofDays(40)), "patience PT960H is over the limit");
        refused(
                () -> options.withTarget("b").withHandover(Handover.PARKED),
                "a parked guest goes to whoever claims it first, not to target b");
    }

    @Test
    void guestsOfQemuAreHandedOverUnlessItIsSaidHow() {
        assertThat(options.handoverOf("qemu")).isEqualTo(Handover.VERIFIED);
        assertThat(options.handoverOf("ram-dir")).isEqualTo(Handover.NONE);
        assertThat(options.withHandover(Handover.PARKED).handoverOf("qemu")).isEqualTo(Handover.PARKED);
    }

    private static void refused(Runnable mistake, String message) {
        assertThatIllegalArgumentException().isThrownBy(mistake::run).withMessageContaining(message);
    }
}
