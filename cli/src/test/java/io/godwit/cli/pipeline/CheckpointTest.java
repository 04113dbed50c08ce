package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.pipeline.TestMemory.Content;
import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.consumer.Destination;
import io.godwit.consumer.ReceiveException;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.ReceiveOptions.Checkpoints;
import io.godwit.consumer.Receiver;
import io.godwit.directory.Handover;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.source.MemorySource;
import io.godwit.producer.source.RamDirectorySource;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.CheckpointEntry;
import io.godwit.record.RamBlock;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest whose memory targets have seen before: one stream of hashes, targets with good, damaged and no checkpoints. */
@Timeout(300)
class CheckpointTest {
    private static final int PAGES = 2048;
    private static final int PAGE_SIZE = 4096;
    private static final int CHANGED = 150;
    private static final int DAMAGED = 20;
    private static final String NAME = "base";

    @TempDir
    Path temp;

    private Cluster cluster;
    private TestMemory memory;
    private CheckpointEntry checkpoint;

    /** A target at work. */
    private record Arrival(Receiver receiver, Background<RoleReport> report, Path path) {}

    @BeforeEach
    void aGuestThatHasChangedSinceItsCheckpoint() throws Exception {
        cluster = Cluster.start(temp.resolve("cluster"));
        memory = TestMemory.of(
                TestMemory.manifest(PAGE_SIZE, new RamBlock("pc.ram", (long) PAGES * PAGE_SIZE)), Content.RANDOM, 1);
        memory.save(temp.resolve("base"));
        checkpoint = TestCheckpoints.add(
                cluster, NAME, TestCheckpoints.in(temp.resolve("base")), temp.resolve("source-checkpoints"));
        memory.write(CHANGED, Write.REWRITE);
        cluster.transform();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void oneStreamServesEightTargetsWhateverTheyHold() throws Exception {
        List<Arrival> sound = new ArrayList<>();
        for (int target = 0; target < 4; target++) {
            sound.add(receive("fan", "waiting" + target, host("waiting" + target)));
        }
        Arrival without = receive("fan", "without", new Checkpoints(Optional.empty(), true));
        assertThat(send("fan", new ScriptedGuest(memory).round(() -> {}))
                        .get()
                        .summary()
                        .status())
                .isEqualTo("completed");
        long ingress = cluster.records(Topics.PAGES);
        long stream = cluster.records(Topics.stream("fan"));

        Checkpoints rotten = host("rotten");
        rot(temp.resolve("rotten-memory"), DAMAGED);
        Arrival damaged = receive("fan", "rotten", rotten);
        for (int target = 0; target < 2; target++) {
            sound.add(receive("fan", "late" + target, host("late" + target)));
        }

        for (Arrival arrival : sound) {
            assertArrived(arrival);
            assertThat(arrival.receiver().repairedPages()).isZero();
            assertThat(arrival.receiver().notes()).isEmpty();
        }
        RoleReport slow = assertArrived(without);
        assertThat(slow.pages().hash()).isGreaterThan(PAGES - CHANGED - 1L);
        assertThat(without.receiver().repairedPages()).isEqualTo(slow.pages().hash());
        assertArrived(damaged);
        assertThat(damaged.receiver().repairedPages()).isBetween(DAMAGED - 5L, (long) DAMAGED);
        assertThat(damaged.receiver().notes())
                .contains(damaged.receiver().repairedPages()
                        + " pages were repaired from the ingress: no checkpoint here gave them; add it again, it may be"
                        + " damaged");
        assertThat(cluster.records(Topics.PAGES)).as("the source has sent once").isEqualTo(ingress);
        assertThat(cluster.records(Topics.stream("fan"))).isEqualTo(stream);
    }

    @Test
    void aCopyThatWasWrittenOverSinceCostsRepairs() throws Exception {
        Checkpoints changed = host("changed");
        flip(temp.resolve("changed-memory"), DAMAGED);
        assertThat(send("written", new ScriptedGuest(memory).round(() -> {}))
                        .get()
                        .summary()
                        .status())
                .isEqualTo("completed");

        Arrival arrival = receive("written", "changed", changed);

        assertArrived(arrival);
        assertThat(arrival.receiver().repairedPages()).isBetween(DAMAGED - 5L, (long) DAMAGED);
    }

    @Test
    void aTargetThatLacksTheCheckpointIsRefused() throws Exception {
        send("lacking", new ScriptedGuest(memory).round(() -> {})).get();

        Arrival empty = receive("lacking", "empty", Checkpoints.in(temp.resolve("nothing")));
        assertThatThrownBy(() -> empty.report().get())
                .isInstanceOf(ReceiveException.class)
                .hasMessage("migration lacking sends hashes of what is in checkpoint " + checkpoint.checkpoint()
                        + ", which " + temp.resolve("nothing")
                        + " does not hold: add it with 'godwit checkpoint add NAME"
                        + " ... --checkpoint-dir DIR' ('godwit checkpoint list' tells the names), or receive with"
                        + " --without-checkpoint, which reads those pages from the ingress");
        assertThat(temp.resolve("empty")).doesNotExist();

        Cluster.Command command = cluster.run(
                "receive", "lacking", "--ram-dir", temp.resolve("empty").toString());
        assertThat(command.status()).isEqualTo(1);
        assertThat(command.message())
                .startsWith("godwit: migration lacking sends hashes of what is in checkpoint " + checkpoint.checkpoint()
                        + ", and this target was given no --checkpoint-dir");

        Cluster.Command slow = cluster.run(
                "receive", "lacking", "--ram-dir", temp.resolve("empty").toString(), "--without-checkpoint");
        assertThat(slow.status()).isZero();
        assertThat(slow.err()).contains(" pages were repaired from the ingress: no checkpoint here gave them");
        memory.assertArrivedIn(temp.resolve("empty"));
    }

    @Test
    void aGuestThatIsHandedOverGoesToATargetThatHasTheCheckpoint() throws Exception {
        HandoverGuest guest = new HandoverGuest(memory);
        Arrival lacking = receive("handed", "lacking", Checkpoints.NONE);
        Background<SendReport> sending = cluster.send(options("handed").withHandover(Handover.VERIFIED), guest);
        assertThatThrownBy(() -> lacking.report().get()).hasMessageContaining("was given no --checkpoint-dir");

        Arrival holding = receive("handed", "holding", host("holding"));

        assertArrived(holding);
        assertThat(sending.get().summary().status()).isEqualTo("completed");
        assertThat(guest.fate()).isEqualTo(MemorySource.Fate.RELEASED);
    }

    @Test
    void aCheckpointThatIsRemovedWhileAMigrationUsesItHarmsNothing() throws Exception {
        Gate gate = new Gate();
        Arrival arrival = receive("removed", "holding", host("holding"));
        Background<SendReport> sending = send(
                "removed",
                new ScriptedGuest(memory).round(() -> {}, gate).round(() -> memory.write(CHANGED, Write.REWRITE)));
        gate.awaitArrival();
        cluster.awaitTransformed("removed");
        await().atMost(Background.PATIENCE)
                .until(() -> arrival.receiver().progress().pages().hash() > 0);
        TestCheckpoints.remove(cluster, NAME);
        TestCheckpoints.awaitIndexed(0);
        delete(temp.resolve("holding-checkpoints"));
        gate.open();

        assertThat(sending.get().summary().status()).isEqualTo("completed");
        RoleReport report = assertArrived(arrival);
        assertThat(report.pages().normal()).as("what came after the removal").isGreaterThan(PAGES / 4);
        assertThat(arrival.receiver().repairedPages()).isZero();
    }

    @Test
    void whatIsNeitherInTheCheckpointNorInTheIngressIsNamed() throws Exception {
        Checkpoints rotten = host("rotten");
        rot(temp.resolve("rotten-memory"), DAMAGED);
        send("gone", new ScriptedGuest(memory).round(() -> {})).get();
        deleteIngress();

        Arrival lost = receive("gone", "rotten", rotten);
        assertThatThrownBy(() -> lost.report().get())
                .isInstanceOf(ReceiveException.class)
                .hasMessageMatching(
                        "migration gone, attempt 1, lane [0-3], sequence [0-9]+: block pc\\.ram, page [0-9]+,"
                                + " SHA-256 [0-9a-f]{64}: no checkpoint here gives that page\\. Receive again with a"
                                + " --checkpoint-dir that holds it undamaged, or delete the migration and send it again\\. It could"
                                + " not be repaired: at offset [0-9]+ of partition [0-7] of godwit\\.pages there is no record any"
                                + " more: it has passed the retention of the ingress, or the topic was made anew");
        Arrival sound = receive("gone", "sound", host("sound"));
        assertArrived(sound);

        // What was applied is gone on with by a receiver that has the checkpoint undamaged.
        Arrival again = receive("gone", "rotten", host("replacement"));
        assertArrived(again);
    }

    @Test
    void aGuestGoesThereAndBackForWhatHasChanged() throws Exception {
        Arrival there = receive("there", "b", host("b-host"));
        send("there", new ScriptedGuest(memory).round(() -> {})).get();
        assertArrived(there);
        // The host that the guest has left keeps what it sent.
        Cluster.Command kept = cluster.run(
                "checkpoint",
                "add",
                "left",
                "--migration",
                "there",
                "--checkpoint-dir",
                temp.resolve("a-checkpoints").toString());
        assertThat(kept.status()).as(kept.err()).isZero();
        TestCheckpoints.awaitIndexed(2);
        Path atB = memoryFile(temp.resolve("b"));
        memory.write(CHANGED, Write.REWRITE);
        Files.write(atB, memory.bytes(0));

        Arrival back = receive("back", "a", Checkpoints.in(temp.resolve("a-checkpoints")));
        SendReport sent = cluster.send(
                        SendOptions.of("back").withLanes(4).withCheckpoints(List.of("left")),
                        new RamDirectorySource(temp.resolve("b")))
                .get();

        assertThat(sent.summary().status()).isEqualTo("completed");
        RoleReport report = assertArrived(back);
        assertThat(back.receiver().repairedPages()).isZero();
        assertThat(report.pages().hash()).isGreaterThan(PAGES - CHANGED - 1L);
        assertThat(report.bytes().payload()).isLessThan((CHANGED + 1L) * PAGE_SIZE + PAGES * 32L);
    }

    private Background<SendReport> send(String migration, MemorySource source) {
        return cluster.send(options(migration), source);
    }

    private static SendOptions options(String migration) {
        return SendOptions.of(migration).withLanes(4).withCheckpoints(List.of(NAME));
    }

    /** A host with a copy of its own of the checkpoint's memory. */
    private Checkpoints host(String name) throws Exception {
        Path copy = temp.resolve(name + "-memory");
        Files.createDirectories(copy);
        try (var files = Files.list(temp.resolve("base"))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
        }
        Path directory = temp.resolve(name + "-checkpoints");
        CheckpointEntry entry = TestCheckpoints.hold(NAME, TestCheckpoints.in(copy), directory);
        assertThat(entry.checkpoint()).isEqualTo(checkpoint.checkpoint());
        return Checkpoints.in(directory);
    }

    private Arrival receive(String migration, String target, Checkpoints checkpoints) {
        Path path = temp.resolve(target);
        Receiver receiver = new Receiver(
                new ReceiveOptions(
                        migration, new Destination.Directory(path), target, OptionalInt.empty(), false, 2, checkpoints),
                cluster.clients());
        return new Arrival(receiver, Background.start("receive " + target, receiver::receive), path);
    }

    private RoleReport assertArrived(Arrival arrival) throws Exception {
        RoleReport report = arrival.report().get();
        assertThat(report.verified()).isTrue();
        memory.assertArrivedIn(arrival.path());
        return report;
    }

    /** Damages pages as a failing disk does: nobody has written the file. */
    private static void rot(Path ramDirectory, int pages) throws IOException {
        FileTime before = Files.getLastModifiedTime(memoryFile(ramDirectory));
        flip(ramDirectory, pages);
        Files.setLastModifiedTime(memoryFile(ramDirectory), before);
    }

    /** Flips a byte in {@code pages} different pages. */
    private static void flip(Path ramDirectory, int pages) throws IOException {
        try (FileChannel file =
                FileChannel.open(memoryFile(ramDirectory), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int page = 0; page < pages; page++) {
                long at = (long) page * (PAGES / pages) * PAGE_SIZE + 17;
                ByteBuffer one = ByteBuffer.allocate(1);
                file.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 0x40));
                file.write(one.flip(), at);
            }
        }
    }

    private static Path memoryFile(Path ramDirectory) throws IOException {
        return RamDirectory.open(ramDirectory).files().get(0);
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void deleteIngress() throws Exception {
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (int partition = 0; partition < Topics.DEFAULT_PAGES_PARTITIONS; partition++) {
            all.put(new TopicPartition(Topics.PAGES, partition), RecordsToDelete.beforeOffset(-1));
        }
        try (Admin admin = cluster.newAdmin()) {
            admin.deleteRecords(all).all().get();
        }
    }
}
