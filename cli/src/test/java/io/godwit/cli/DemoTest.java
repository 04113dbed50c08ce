package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.guest.TestGuestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DemoTest {
    @Test
    void theDemoEndsWithIdenticalMemoryInBothTargets() throws Exception {
        CommandRun run = CommandRun.of("demo", "--guest", "synthetic", "--memory", "64M", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.outLines()).hasSize(1);
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly("memoryBytes", "send", "waiting", "late", "waitingLagMillis", "identical");
        assertThat(report.get("identical").asBoolean()).isTrue();
        for (String target : new String[] {"waiting", "late"}) {
            assertThat(report.get(target).get("verified").asBoolean()).isTrue();
            assertThat(report.get(target).get("digest"))
                    .isEqualTo(report.get("send").get("digest"));
        }
        assertThat(report.get("send").get("rounds").asInt()).isGreaterThan(1);
        assertThat(report.get("waiting").get("pages").get("xbzrle").asLong()).isPositive();
    }

    @Test
    void aLinuxGuestMovesFromOneQemuToAnotherAndNoticesNothing() throws Exception {
        TestGuestImages.require();

        CommandRun run = CommandRun.of("demo", "--guest", "qemu", "--memory", "256M", "--json");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.outLines()).hasSize(1);
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.get("fault").isNull()).isTrue();
        assertThat(report.get("sourceState").asText()).isEqualTo("postmigrate");
        assertThat(report.get("destinationState").asText()).isEqualTo("running");
        assertThat(report.get("firstAfter").asLong())
                .isEqualTo(report.get("lastBefore").asLong() + 1);
        assertThat(report.get("last").asLong())
                .isGreaterThan(report.get("firstAfter").asLong());
        assertThat(report.get("receive").get("verified").asBoolean()).isTrue();
    }

    @Test
    void aLinuxGuestWithoutRoomIsRefusedWhereItWasAskedForAndReplacedWhereNot() {
        CommandRun asked = CommandRun.of("demo", "--guest", "qemu", "--memory", "16M");

        assertThat(asked.status()).isEqualTo(1);
        assertThat(asked.errLines()).last().asString().contains("no guest under QEMU", "--memory", "128 MiB");

        CommandRun replaced = CommandRun.of("demo", "--memory", "16M");

        assertThat(replaced.status()).as(replaced.err()).isZero();
        assertThat(replaced.errLines()).anySatisfy(line -> assertThat(line).contains("a synthetic guest instead"));
    }

    @Test
    void aDemoThatDoesNotFitTheDiskSaysHowMuchItNeeds() {
        CommandRun run = CommandRun.of("demo", "--guest", "synthetic", "--memory", "7T");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errLines()).last().asString().contains("the demo needs 35.0 TiB", "--memory", "TMPDIR");
    }
}
