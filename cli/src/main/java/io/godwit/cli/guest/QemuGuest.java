package io.godwit.cli.guest;

import io.godwit.qemu.qmp.QmpClient;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Linux guest in a QEMU process of its own, under software emulation, so that it runs wherever this does. Closing it kills
 * this QEMU and nothing else.
 *
 * <p>QEMU has two monitors, as each serves one client at a time: {@link #qmp()} belongs to whoever started the guest,
 * {@link #agentSocket()} is for an agent.
 */
public final class QemuGuest implements AutoCloseable {
    private static final Duration QMP_PATIENCE = Duration.ofSeconds(30);
    private static final String MACHINE = "pc";
    /** Name of the block that holds the guest's memory, on a {@code pc} machine. */
    private static final String RAM_BLOCK = "pc.ram";

    private final Process process;
    private final Path directory;
    private final GuestSpec spec;
    private final Thread killer;
    private final GuestConsole console;
    private final QmpClient qmp;

    private QemuGuest(Process process, Path directory, GuestSpec spec, Thread killer)
            throws IOException, InterruptedException {
        this.process = process;
        this.directory = directory;
        this.spec = spec;
        this.killer = killer;
        this.console = GuestConsole.reading(process.getInputStream());
        this.qmp = connect();
    }

    /**
     * Boots a guest.
     *
     * @param directory private to this guest, on a path short enough for unix sockets; its sockets, QEMU's log and the RAM
     *     directory are made in it
     * @throws IOException if QEMU does not start; with what it said
     */
    public static QemuGuest boot(GuestImages images, Path directory, GuestSpec spec)
            throws IOException, InterruptedException {
        return start(images, directory, spec, List.of());
    }

    /**
     * Starts a QEMU that waits for a guest: {@code -incoming defer -S}, so that it stays paused when all has arrived, until
     * somebody says {@code cont}; said before, it goes on by itself.
     *
     * @param directory as for {@link #boot}, another one
     * @param spec as the guest was booted with, but for where its memory lies
     * @throws IOException if QEMU does not start; with what it said
     */
    public static QemuGuest awaitIncoming(GuestImages images, Path directory, GuestSpec spec)
            throws IOException, InterruptedException {
        return start(images, directory, spec, List.of("-incoming", "defer", "-S"));
    }

    private static QemuGuest start(GuestImages images, Path directory, GuestSpec spec, List<String> role)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>(List.of(images.qemu(), "-accel", "tcg", "-no-reboot"));
        command.addAll(List.of("-display", "none", "-monitor", "none", "-nic", "none", "-serial", "stdio"));
        command.addAll(memory(directory, spec));
        command.addAll(List.of("-qmp", monitor(agentSocket(directory)), "-qmp", monitor(ownSocket(directory))));
        command.addAll(List.of("-kernel", images.kernel().toString()));
        command.addAll(List.of("-initrd", images.initrd().toString()));
        command.addAll(List.of("-append", spec.kernelCommandLine()));
        command.addAll(spec.options());
        command.addAll(role);
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(log(directory).toFile())
                .start();
        Thread killer = new Thread(process::destroyForcibly, "kill-guest-" + process.pid());
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            return new QemuGuest(process, directory, spec, killer);
        } catch (IOException | InterruptedException e) {
            end(process, killer);
            throw e;
        }
    }

    private static List<String> memory(Path directory, GuestSpec spec) throws IOException {
        String size = spec.memoryMebibytes() + "M";
        if (!spec.sharedMemory()) {
            return List.of("-m", size, "-machine", MACHINE);
        }
        RamDirectory ram = layOut(directory, spec);
        Files.createDirectories(ram.path());
        ram.writeManifest();
        return List.of(
                "-m",
                size,
                "-machine",
                MACHINE + ",memory-backend=" + RAM_BLOCK,
                "-object",
                "memory-backend-file,id=" + RAM_BLOCK + ",size=" + size + ",mem-path="
                        + ram.files().get(0) + ",share=on,x-use-canonical-path-for-ramblock-id=off");
    }

    /** The memory file is laid out as a RAM directory, so that it can be sent as it is. */
    private static RamDirectory layOut(Path directory, GuestSpec spec) {
        RamBlock block = new RamBlock(RAM_BLOCK, (long) spec.memoryMebibytes() << 20);
        return RamDirectory.layOut(directory.resolve("ram"), new Manifest(Manifest.DEFAULT_PAGE_SIZE, List.of(block)));
    }

    private static String monitor(Path socket) {
        return "unix:" + socket + ",server=on,wait=off";
    }

    private static Path agentSocket(Path directory) {
        return directory.resolve("qmp-agent");
    }

    private static Path ownSocket(Path directory) {
        return directory.resolve("qmp");
    }

    private static Path log(Path directory) {
        return directory.resolve("qemu.log");
    }

    /** The socket's file is there a moment before QEMU listens on it. */
    private QmpClient connect() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + QMP_PATIENCE.toNanos();
        while (true) {
            try {
                return QmpClient.connect(ownSocket(directory), QMP_PATIENCE);
            } catch (IOException e) {
                if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new IOException(
                            "QEMU did not start: "
                                    + Files.readString(log(directory)).strip(),
                            e);
                }
            }
        }
    }

    /** What the guest prints. */
    public GuestConsole console() {
        return console;
    }

    /** The monitor of whoever started the guest. */
    public QmpClient qmp() {
        return qmp;
    }

    /** The socket of a second monitor, for an agent. */
    public Path agentSocket() {
        return agentSocket(directory);
    }

    /** The process of QEMU: to stop it, to let it go on, to measure it. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /**
     * The guest's memory, one block {@code pc.ram}; shared, so it changes while the guest runs.
     *
     * @throws IllegalStateException if the guest was not started with shared memory
     */
    public RamDirectory ramDirectory() {
        if (!spec.sharedMemory()) {
            throw new IllegalStateException("this guest's memory is not in a file");
        }
        return layOut(directory, spec);
    }

    /** Stops the virtual CPUs; once this returns the memory stands still. */
    public void pause() throws IOException {
        qmp.execute("stop");
    }

    /** Lets a paused guest go on, and one that is awaited go on when it has arrived. */
    public void resume() throws IOException {
        qmp.execute("cont");
    }

    /** QEMU's run state: {@code running}, {@code paused}, {@code inmigrate}, {@code postmigrate} and others. */
    public String runState() throws IOException {
        return qmp.execute("query-status").path("status").asText();
    }

    /** Kills QEMU as {@code kill -9} does, and returns when it is gone. No effect on one that is. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() throws IOException {
        end(process, killer);
        qmp.close();
    }

    private static void end(Process process, Thread killer) {
        process.destroyForcibly();
        process.onExit().join();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // This JVM is ending: the hook runs, and finds nothing to kill.
        }
    }
}
