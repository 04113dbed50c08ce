package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.pipeline.TestMemory.Content;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationView;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.RamBlock;
import io.godwit.report.RoleReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory that somebody else writes, who says nothing of it but can be paused by a command. */
@Timeout(120)
class FollowTest {
    private static final int HOT_PAGES = 512;

    @TempDir
    static Path data;

    private static Cluster cluster;

    @TempDir
    Path temp;

    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(data);
        cluster.transform();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void saveMemory() throws Exception {
        directory = TestMemory.of(
                        TestMemory.manifest(4096, new RamBlock("ram", 16 << 20), new RamBlock("rom", 8192)),
                        Content.MIXED,
                        1)
                .save(temp.resolve("source"));
    }

    @Test
    void aGuestThatKeepsWritingArrivesAsItStoodWhenItWasPaused() throws Exception {
        Background<RoleReport> waiting = cluster.receive("follow", temp.resolve("target"));
        try (MappedGuest guest = MappedGuest.start(directory, HOT_PAGES, temp)) {
            Cluster.Command sent = cluster.run(send("follow", guest, guest.pauseCommand(), "--downtime-limit", "2000"));

            assertThat(sent.status()).as(sent.err()).isZero();
            JsonNode report = new ObjectMapper().readTree(sent.out());
            assertThat(report.get("status").asText()).isEqualTo("completed");
            assertThat(report.get("rounds").asInt()).isGreaterThan(1);
            assertThat(report.get("downtimeMillis").isNumber()).isTrue();
            assertThat(waiting.get().digest()).isEqualTo(report.get("digest").asText());
            guest.assertStandsStill();
        }
        for (Path file : RamDirectory.open(directory).files()) {
            assertThat(Files.mismatch(file, temp.resolve("target").resolve(file.getFileName())))
                    .as("first byte of %s that differs", file.getFileName())
                    .isEqualTo(-1);
        }
    }

    @Test
    void aGuestThatIsHandedOverStaysPausedOnceItsTargetHasIt() throws Exception {
        Background<RoleReport> waiting = cluster.receive("given", temp.resolve("target"));
        try (MappedGuest guest = MappedGuest.start(directory, HOT_PAGES, temp)) {
            Cluster.Command sent = cluster.run(
                    send("given", guest, guest.pauseCommand(), "--downtime-limit", "2000", "--handover", "verified"));

            assertThat(sent.status()).as(sent.err()).isZero();
            assertThat(waiting.get().verified()).isTrue();
            guest.assertStandsStill();
        }
        MigrationView view = cluster.find("given").orElseThrow();
        assertThat(view.state()).isEqualTo(MigrationState.CONTINUED);
        assertThat(view.handover().released()).isTrue();
    }

    @Test
    void aGuestThatNoTargetTakesIsNeverPaused() throws Exception {
        try (MappedGuest guest = MappedGuest.start(directory, HOT_PAGES, temp)) {
            Cluster.Command sent = cluster.run(send(
                    "refused",
                    guest,
                    guest.pauseCommand(),
                    "--downtime-limit",
                    "2000",
                    "--handover",
                    "verified",
                    "--patience",
                    "2s"));

            assertThat(sent.status()).isEqualTo(1);
            assertThat(sent.message()).contains("refused", "receive");
            assertThat(cluster.find("refused").orElseThrow().state()).isEqualTo(MigrationState.FAILED);
            guest.assertNeverPaused();
        }
    }

    @Test
    void aGuestWhosePauseCommandFailsRunsOn() throws Exception {
        try (MappedGuest guest = MappedGuest.start(directory, HOT_PAGES, temp)) {
            Cluster.Command sent =
                    cluster.run(send("unpaused", guest, "echo no such socket >&2; exit 7", "--downtime-limit", "2000"));

            assertThat(sent.status()).isEqualTo(1);
            assertThat(sent.out()).isEmpty();
            assertThat(sent.message())
                    .isEqualTo("godwit: the guest could not be paused: the --pause-command 'echo no such socket >&2;"
                            + " exit 7' ended with exit code 7: no such socket");
            assertThat(cluster.find("unpaused").orElseThrow().state()).isEqualTo(MigrationState.FAILED);
            guest.assertRunsOnAfterItWasResumedOnce();
        }
    }

    @Test
    void aSenderThatIsStoppedBeforeThePauseLeavesTheGuestAlone() throws Exception {
        try (MappedGuest guest = MappedGuest.start(directory, HOT_PAGES, temp);
                RoleProcess sender = RoleProcess.start(
                        temp, command("stopped", guest, guest.pauseCommand(), "--max-bandwidth", "2M"))) {
            cluster.awaitStream("stopped", 10);
            sender.signal("TERM");

            assertThat(sender.awaitExit()).as(sender.err()).isEqualTo(143);
            assertThat(sender.json().get("status").asText()).isEqualTo("interrupted");
            guest.assertNeverPaused();
        }
    }

    /** The pause command tells the sender to stop, and leaves it more to send than passes before that is heard. */
    @Test
    void aSenderThatIsStoppedWhileTheGuestStandsStillResumesIt() throws Exception {
        try (MappedGuest guest = MappedGuest.start(directory, HOT_PAGES, temp)) {
            String pauseAndStop = guest.pauseCommand() + "; dd if=/dev/urandom of='" + guest.file()
                    + "' bs=1M count=16 conv=notrunc 2>/dev/null; kill -TERM $PPID";
            String[] arguments =
                    command("resumed", guest, pauseAndStop, "--max-bandwidth", "8M", "--downtime-limit", "5000");
            try (RoleProcess sender = RoleProcess.start(temp, arguments)) {
                assertThat(sender.awaitExit()).as(sender.err()).isEqualTo(143);
                assertThat(sender.json().get("status").asText()).isEqualTo("interrupted");
            }
            assertThat(cluster.find("resumed").orElseThrow().state()).isEqualTo(MigrationState.INTERRUPTED);
            guest.assertRunsOnAfterItWasResumedOnce();
        }
    }

    private String[] command(String migration, MappedGuest guest, String pauseCommand, String... more) {
        List<String> all = new ArrayList<>(List.of(send(migration, guest, pauseCommand, more)));
        all.addAll(List.of("--bootstrap-server", cluster.bootstrapServers()));
        return all.toArray(String[]::new);
    }

    private String[] send(String migration, MappedGuest guest, String pauseCommand, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "send",
                migration,
                "--json",
                "--ram-dir",
                directory.toString(),
                "--follow",
                "--pause-command",
                pauseCommand,
                "--resume-command",
                guest.resumeCommand()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
