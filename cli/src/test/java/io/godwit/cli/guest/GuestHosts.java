package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.RoleProcess;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Hosts with one guest among them, for all tests of a class: it lives where it was moved to last, and the next test finds it
 * there. Its whole journey is checked, and that it runs in one QEMU only of all that there are.
 */
final class GuestHosts implements AutoCloseable {
    /** How long anything may take before a test fails. */
    static final Duration PATIENCE = Background.PATIENCE;

    /** Small, and slow enough to be moved by a busy machine. */
    static final GuestSpec CALM =
            GuestSpec.of(128, "hot=4M hot-fill=text text=8M random=8M writes=200 sweep=40000 heartbeat=5");

    /** A busy machine gets a guest across nevertheless; how long it stands still is not tested here. */
    private static final String DOWNTIME_LIMIT = "--downtime-limit=";

    private final GuestImages images = TestGuestImages.require();
    private final Path directory;
    private final GuestSpec spec;
    private final Cluster cluster;
    private final List<QemuGuest> hosts = new ArrayList<>();
    private final List<QemuGuest> journey = new ArrayList<>();
    private final List<RoleProcess> processes = new ArrayList<>();
    private int started;

    private GuestHosts(Path directory, GuestSpec spec, Cluster cluster) {
        this.directory = directory;
        this.spec = spec;
        this.cluster = cluster;
    }

    /** Starts a broker and a transformer; guests are booted when they are asked for. */
    static GuestHosts start(Path directory, GuestSpec spec) throws Exception {
        return start(directory, spec, Cluster.start(directory.resolve("kafka")));
    }

    /** The same with a cluster of one's own, which is closed with it. */
    static GuestHosts start(Path directory, GuestSpec spec, Cluster cluster) throws Exception {
        cluster.transform();
        return new GuestHosts(directory, spec, cluster);
    }

    Cluster cluster() {
        return cluster;
    }

    /** The QEMU that runs the guest; booted where no test before has left one. */
    QemuGuest source() throws Exception {
        if (journey.isEmpty() || !isRunning(here())) {
            journey.clear();
            QemuGuest booted = add(QemuGuest.boot(images, newHost(), spec));
            journey.add(booted);
            booted.console().awaitReady(PATIENCE);
        }
        return here();
    }

    /** A QEMU that waits for the guest. */
    QemuGuest awaitIncoming() throws Exception {
        return awaitIncoming(newHost(), spec);
    }

    /** One whose RAM lies in a shared file. */
    QemuGuest awaitIncomingShared() throws Exception {
        return awaitIncoming(newHost(), spec.withSharedMemory());
    }

    /** One of any kind. */
    QemuGuest awaitIncoming(Path host, GuestSpec other) throws Exception {
        return add(QemuGuest.awaitIncoming(images, host, other));
    }

    /** A directory for a QEMU. */
    Path newHost() {
        return directory.resolve("host-" + started++);
    }

    /** Runs {@code godwit send} of the guest in this JVM. */
    Background<Cluster.Command> send(String migration, String... options) {
        return run("send", migration, "--qmp", here().agentSocket().toString(), withDowntime(options));
    }

    /** Runs {@code godwit receive} in this JVM. */
    Background<Cluster.Command> receive(String migration, QemuGuest into, String... options) {
        return run("receive", migration, "--qmp", into.agentSocket().toString(), options);
    }

    /** Runs {@code godwit receive} into a directory in this JVM. */
    Background<Cluster.Command> receive(String migration, Path into, String... options) {
        return run("receive", migration, "--ram-dir", into.toString(), options);
    }

    /** As {@link #send}, in a process. */
    RoleProcess sendProcess(String migration, String... options) throws IOException {
        return startProcess("send", migration, here(), withDowntime(options));
    }

    /** As {@link #receive(String, QemuGuest, String...)}, in a process. */
    RoleProcess receiveProcess(String migration, QemuGuest into, String... options) throws IOException {
        return startProcess("receive", migration, into, options);
    }

    private static String[] withDowntime(String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        if (all.stream().noneMatch(option -> option.startsWith(DOWNTIME_LIMIT))) {
            all.add(DOWNTIME_LIMIT + "5000");
        }
        return all.toArray(String[]::new);
    }

    private Background<Cluster.Command> run(
            String role, String migration, String place, String where, String... options) {
        List<String> arguments = new ArrayList<>(List.of(role, migration, place, where));
        arguments.addAll(List.of(options));
        return Background.start(role, () -> cluster.run(arguments.toArray(String[]::new)));
    }

    private RoleProcess startProcess(String role, String migration, QemuGuest qemu, String... options)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(role, migration));
        arguments.addAll(List.of("--qmp", qemu.agentSocket().toString()));
        arguments.addAll(cluster.options());
        arguments.addAll(List.of(options));
        RoleProcess process = RoleProcess.start(Files.createDirectories(directory), arguments.toArray(String[]::new));
        processes.add(process);
        return process;
    }

    /** What the directory says of a migration. */
    MigrationView view(String migration) {
        return cluster.find(migration).orElseThrow();
    }

    /** Waits until the directory says so of a migration. */
    void awaitView(String migration, Predicate<MigrationView> condition) throws IOException {
        try {
            await().atMost(PATIENCE)
                    .until(() -> cluster.find(migration).filter(condition).isPresent());
        } catch (ConditionTimeoutException e) {
            StringBuilder said = new StringBuilder("migration is " + cluster.find(migration));
            for (RoleProcess process : processes) {
                said.append('\n').append(process.out()).append(process.err());
            }
            throw new AssertionError(said.toString(), e);
        }
    }

    /** Waits until a target has applied a round; it has begun where that is 0. */
    void awaitTarget(String migration, String target, int round) throws IOException {
        awaitView(migration, view -> view.handover().targets().stream()
                .anyMatch(entry -> entry.target().equals(target) && entry.round() >= round));
    }

    /** Waits until a target has verified everything. */
    void awaitVerified(String migration, String target) throws IOException {
        awaitView(migration, view -> view.handover().targets().stream()
                .anyMatch(entry -> entry.target().equals(target) && entry.state() == MigrationState.VERIFIED));
    }

    /** Waits until the guest stands still, all of it is on the stream, and the source waits for a target. */
    void awaitStandstill(String migration) throws IOException {
        awaitView(migration, MigrationView::isComplete);
        awaitState(here(), "finish-migrate");
    }

    /** Waits until QEMU is in a run state. */
    static void awaitState(QemuGuest host, String state) {
        await().atMost(PATIENCE).until(() -> host.runState().equals(state));
    }

    /** Waits until an agent has QEMU's monitor, which serves one at a time. */
    static void awaitAgent(QemuGuest host) {
        String socket = host.agentSocket().toString();
        await().atMost(PATIENCE).until(() -> {
            for (JsonNode device : host.qmp().execute("query-chardev")) {
                String name = device.path("filename").asText();
                if (name.contains(socket) && !name.startsWith("disconnected:")) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Has QEMU do nothing at all, until it is thawed. */
    static void freeze(QemuGuest host) throws Exception {
        signal(host, "STOP");
    }

    /** Has a frozen QEMU go on. */
    static void thaw(QemuGuest host) throws Exception {
        signal(host, "CONT");
    }

    private static void signal(QemuGuest host, String name) throws Exception {
        int status = new ProcessBuilder(
                        "kill", "-" + name, String.valueOf(host.process().pid()))
                .start()
                .waitFor();
        assertThat(status).as("exit code of kill").isZero();
    }

    /** Sees to it that the guest has moved to {@code host}, and to no other, without noticing. */
    void assertMovedTo(QemuGuest host) throws Exception {
        assertThat(here().runState()).isEqualTo("postmigrate");
        assertContinuedIn(host);
    }

    /** As {@link #assertMovedTo}, where the source's QEMU may be gone. */
    void assertContinuedIn(QemuGuest host) throws Exception {
        assertThat(host.runState()).isEqualTo("running");
        journey.add(host);
        assertSound();
    }

    /** Sees to it that the guest runs where it was, and nowhere else, without having noticed. */
    void assertStayed() throws Exception {
        assertThat(here().runState()).isEqualTo("running");
        assertSound();
    }

    private void assertSound() throws Exception {
        here().console().awaitFullCheck(PATIENCE);
        assertThat(GuestJourney.through(journey.toArray(QemuGuest[]::new)).fault())
                .isEmpty();
        List<QemuGuest> running = new ArrayList<>();
        for (QemuGuest host : hosts) {
            if (isRunning(host)) {
                running.add(host);
            }
        }
        assertThat(running).containsExactly(here());
    }

    static void assertOk(Cluster.Command command) {
        assertThat(command.status()).as(command.err()).isZero();
    }

    private QemuGuest here() {
        return journey.get(journey.size() - 1);
    }

    private QemuGuest add(QemuGuest host) {
        hosts.add(host);
        return host;
    }

    private static boolean isRunning(QemuGuest host) throws IOException {
        return host.process().isAlive() && host.runState().equals("running");
    }

    /** Closes everything but the guest and the cluster: after each test. */
    void clear() throws IOException {
        processes.forEach(RoleProcess::close);
        processes.clear();
        QemuGuest kept = journey.isEmpty() ? null : here();
        for (QemuGuest host : hosts) {
            if (host != kept) {
                host.close();
            }
        }
        hosts.removeIf(host -> host != kept);
    }

    @Override
    public void close() throws IOException {
        journey.clear();
        clear();
        cluster.close();
    }
}
