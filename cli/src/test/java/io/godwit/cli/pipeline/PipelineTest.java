package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.TestMemory.Content;
import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.source.RamDirectorySource;
import io.godwit.producer.source.SyntheticGuest;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.report.RoleReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing goes wrong: memory of every shape arrives at a target that waits and at one that comes late. */
@Timeout(120)
class PipelineTest {
    @TempDir
    static Path data;

    private static Cluster cluster;

    @TempDir
    Path temp;

    /** A guest's shape, and the number of lanes to send it by. */
    private record Shape(String name, int lanes, Content content, Manifest manifest) {
        static Shape of(String name, int lanes, Content content, int pageSize, RamBlock... blocks) {
            return new Shape(name, lanes, content, new Manifest(pageSize, List.of(blocks)));
        }

        TestMemory memory() {
            return TestMemory.of(manifest, content, 1);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Shape> shapes() {
        return List.of(
                Shape.of(
                        "odd-names-and-lengths",
                        4,
                        Content.MIXED,
                        4096,
                        new RamBlock("pc.ram", 6 << 20),
                        new RamBlock("/rom@etc/acpi/rsdp", 4096),
                        new RamBlock("0000:00:02.0/vga.vram", 3 << 19),
                        new RamBlock("..", 12288),
                        new RamBlock("läs mich", 8192)),
                Shape.of("one-page", 1, Content.RANDOM, 4096, new RamBlock("rom", 4096)),
                Shape.of("more-lanes-than-stripes", 7, Content.ZERO, 4096, new RamBlock("rom", 4096)),
                Shape.of("all-zero", 4, Content.ZERO, 4096, new RamBlock("ram", 16 << 20)),
                Shape.of("all-random", 3, Content.RANDOM, 4096, new RamBlock("ram", 8 << 20)),
                Shape.of("one-lane", 1, Content.MIXED, 4096, new RamBlock("ram", 8 << 20), new RamBlock("rom", 4096)),
                Shape.of(
                        "smallest-pages",
                        2,
                        Content.MIXED,
                        512,
                        new RamBlock("ram", 1 << 20),
                        new RamBlock("rom", 512)),
                Shape.of(
                        "large-pages",
                        2,
                        Content.MIXED,
                        16384,
                        new RamBlock("ram", 16 << 20),
                        new RamBlock("rom", 16384)),
                Shape.of(
                        "largest-pages",
                        2,
                        Content.MIXED,
                        65536,
                        new RamBlock("ram", 16 << 20),
                        new RamBlock("rom", 65536)));
    }

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(data);
        cluster.transform();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aDirectoryArrivesAtAWaitingAndAtALateTarget(Shape shape) throws Exception {
        TestMemory memory = shape.memory();
        String migration = "directory-" + shape;
        Background<RoleReport> waiting = cluster.receive(migration, temp.resolve("waiting"));
        SendReport sent;
        try (RamDirectorySource source = new RamDirectorySource(memory.save(temp.resolve("source")))) {
            sent = cluster.send(SendOptions.of(migration).withLanes(shape.lanes), source)
                    .get();
        }
        RoleReport late = cluster.receive(migration, temp.resolve("late")).get();

        assertArrived(memory, sent, waiting.get(), temp.resolve("waiting"));
        assertArrived(memory, sent, late, temp.resolve("late"));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aGuestThatWritesItsMemoryArrivesAtAWaitingAndAtALateTarget(Shape shape) throws Exception {
        TestMemory memory = shape.memory();
        String migration = "guest-" + shape;
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {})
                .round(() -> memory.write(600, Write.EDIT, Write.REWRITE, Write.FILL))
                .round(() -> memory.write(300, Write.values()))
                .round(() -> {});
        Background<RoleReport> waiting = cluster.receive(migration, temp.resolve("waiting"));
        SendReport sent = cluster.send(SendOptions.of(migration).withLanes(shape.lanes), guest)
                .get();
        RoleReport late = cluster.receive(migration, temp.resolve("late")).get();

        assertThat(sent.summary().rounds()).isEqualTo(4);
        assertArrived(memory, sent, waiting.get(), temp.resolve("waiting"));
        assertArrived(memory, sent, late, temp.resolve("late"));
    }

    @Test
    void aGuestThatRunsMeanwhileArrivesAsItStoodAtTheEnd() throws Exception {
        SyntheticSpec spec =
                SyntheticSpec.parse("memory=32M,zero=30,text=30,random=20,repeat=20,hot=4M,writes=3000,seed=7");
        try (SyntheticGuest guest = new SyntheticGuest(spec)) {
            Background<RoleReport> waiting = cluster.receive("running", temp.resolve("waiting"));
            SendReport sent = cluster.send(
                            SendOptions.of("running")
                                    .withDowntimeLimit(Duration.ofSeconds(2))
                                    .withAutoConverge(true),
                            guest)
                    .get();

            RoleReport received = waiting.get();
            assertThat(sent.summary().status()).isEqualTo("completed");
            assertThat(sent.summary().rounds()).isGreaterThan(1);
            assertThat(received.digest()).isEqualTo(sent.summary().digest());
            byte[] stood = new byte[32 << 20];
            guest.read(0, 0, stood, 0, stood.length);
            assertThat(Files.readAllBytes(
                            RamDirectory.open(temp.resolve("waiting")).files().get(0)))
                    .isEqualTo(stood);
        }
    }

    private static void assertArrived(TestMemory memory, SendReport sent, RoleReport received, Path directory)
            throws Exception {
        assertThat(sent.summary().status()).isEqualTo("completed");
        assertThat(received.status()).isEqualTo("completed");
        assertThat(received.verified()).isTrue();
        assertThat(received.digest()).isEqualTo(sent.summary().digest());
        memory.assertArrivedIn(directory);
    }
}
