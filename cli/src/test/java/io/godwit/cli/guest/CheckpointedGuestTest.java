package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.checkpoint.local.CheckpointMemory;
import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.TestCheckpoints;
import io.godwit.ramdir.RamDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running guest whose memory was dumped by QEMU a while ago, on hosts that have the dump. */
@Timeout(300)
final class CheckpointedGuestTest {
    private static final String NAME = "early";
    private static final int DAMAGED = 2000;

    private final ObjectMapper json = new ObjectMapper();

    @TempDir
    private Path directory;

    @Test
    void aGuestGoesAsHashesToAQemuAndToDirectoriesOneOfWhichHasADamagedDump() throws Exception {
        try (GuestHosts hosts = GuestHosts.start(directory.resolve("h"), GuestHosts.CALM)) {
            QemuGuest source = hosts.source();
            Path dump = dump(source);
            Path holding = directory.resolve("holding");
            TestCheckpoints.add(hosts.cluster(), NAME, CheckpointMemory.ofElf(dump), holding);
            TestCheckpoints.awaitIndexed(1);
            source.console().awaitWrites(2000, GuestHosts.PATIENCE);

            QemuGuest destination = hosts.awaitIncomingShared();
            Background<Cluster.Command> received = hosts.receive(
                    "dumped", destination, "--checkpoint-dir", holding.toString(), "--target", "qemu", "--json");
            GuestHosts.assertOk(hosts.send("dumped", "--checkpoint", NAME).get());
            JsonNode guest = report(received);
            assertThat(guest.path("pages").path("hash").asLong())
                    .isGreaterThan(2 * guest.path("pages").path("normal").asLong());
            hosts.assertMovedTo(destination);

            // On two more hosts, from the log alone.
            Path copy = Files.copy(dump, directory.resolve("copy.elf"));
            Path damaged = directory.resolve("damaged");
            TestCheckpoints.hold(NAME, CheckpointMemory.ofElf(copy), damaged);
            damage(copy);
            Path first = directory.resolve("first");
            Path second = directory.resolve("second");
            JsonNode sound = report(hosts.receive("dumped", first, "--checkpoint-dir", holding.toString(), "--json"));
            Background<Cluster.Command> repairing =
                    hosts.receive("dumped", second, "--checkpoint-dir", damaged.toString(), "--json");
            JsonNode repaired = report(repairing);

            assertThat(sound.path("digest")).isEqualTo(guest.path("digest"));
            assertThat(repaired.path("digest")).isEqualTo(guest.path("digest"));
            assertThat(repairing.get().err()).contains(" pages were repaired from the ingress");
            for (int block = 0; block < RamDirectory.open(first).files().size(); block++) {
                Path one = RamDirectory.open(first).files().get(block);
                Path other = RamDirectory.open(second).files().get(block);
                assertThat(Files.mismatch(one, other))
                        .as("%s", one.getFileName())
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void aQemuWhoseMemoryIsItsOwnTakesHashesToo() throws Exception {
        try (GuestHosts hosts = GuestHosts.start(directory.resolve("h"), GuestHosts.CALM)) {
            QemuGuest source = hosts.source();
            Path dump = dump(source);
            TestCheckpoints.add(hosts.cluster(), NAME, CheckpointMemory.ofElf(dump), directory.resolve("elsewhere"));
            TestCheckpoints.awaitIndexed(1);

            QemuGuest destination = hosts.awaitIncoming();
            Background<Cluster.Command> received = hosts.receive("slow", destination, "--without-checkpoint");
            GuestHosts.assertOk(hosts.send("slow", "--checkpoint", NAME).get());
            GuestHosts.assertOk(received.get());
            assertThat(received.get().err()).contains(" pages were repaired from the ingress");
            hosts.assertMovedTo(destination);
        }
    }

    private JsonNode report(Background<Cluster.Command> command) throws Exception {
        GuestHosts.assertOk(command.get());
        return json.readTree(command.get().out());
    }

    private Path dump(QemuGuest guest) throws IOException {
        Path dump = directory.resolve("early.elf");
        guest.qmp().execute("dump-guest-memory", Map.of("paging", false, "protocol", "file:" + dump));
        return dump;
    }

    /** Flips a bit in each of many pages all over the file, but for its headers. */
    private static void damage(Path file) throws IOException {
        Random random = new Random(11);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int i = 0; i < DAMAGED; i++) {
                long at = 65536 + (long) (random.nextDouble() * (channel.size() - 65536));
                ByteBuffer one = ByteBuffer.allocate(1);
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 4));
                channel.write(one.flip(), at);
            }
        }
    }
}
