package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GuestJourneyTest {
    private static final String CORRUPT = "GODWIT CORRUPT page=7 version=1 expected=00 found=01";

    @Test
    void aLineThatIsCutByTheMoveIsOneLine() throws Exception {
        String before = "GODWIT hb 0 100\r\nGODWIT hb 1 200\r\n";
        String line = "GODWIT hb 2 300\r\n";
        for (int cut = 0; cut <= line.length(); cut++) {
            GuestJourney journey = journey(
                    before + line.substring(0, cut), line.substring(cut) + "GODWIT hb 3 400\r\nGODWIT hb 4 500\r\n");

            assertThat(journey.heartbeats()).as("cut at %d", cut).hasSize(5);
            assertThat(journey.fault()).as("cut at %d", cut).isEmpty();
            assertThat(journey.pause(1).guest()).isEqualTo(Duration.ofNanos(100_000));
        }
    }

    @Test
    void aHeartbeatThatIsMissingOrCameTwiceIsAFault() throws Exception {
        assertThat(journey("GODWIT hb 0 100\n", "GODWIT hb 2 300\n").fault()).contains("heartbeat 0 was followed by 2");
        assertThat(journey("GODWIT hb 0 100\n", "GODWIT hb 0 100\n").fault()).contains("heartbeat 0 was followed by 0");
    }

    @Test
    void aClockThatGoesBackIsAFault() throws Exception {
        assertThat(journey("GODWIT hb 0 300\n", "GODWIT hb 1 100\n").fault())
                .contains("the guest's clock went back by 200 us at heartbeat 1");
    }

    @Test
    void corruptionIsAFaultWhereverItWasSaid() throws Exception {
        assertThat(journey("GODWIT hb 0 1\n" + CORRUPT + "\n", "GODWIT hb 1 2\n")
                        .fault())
                .contains(CORRUPT);
        assertThat(journey("GODWIT hb 0 1\nGODWIT COR", CORRUPT.substring(10) + "\nGODWIT hb 1 2\n")
                        .fault())
                .contains(CORRUPT);
    }

    @Test
    void aGuestThatSaysNothingIsAFault() throws Exception {
        assertThat(journey("", "").fault()).contains("the guest has no heartbeat");
    }

    private static GuestJourney journey(String... outputs) throws InterruptedException {
        List<GuestConsole> consoles = new ArrayList<>();
        for (String output : outputs) {
            GuestConsole console = GuestConsole.reading(new ByteArrayInputStream(output.getBytes(ISO_8859_1)));
            console.awaitEnd();
            consoles.add(console);
        }
        return GuestJourney.of(consoles);
    }
}
