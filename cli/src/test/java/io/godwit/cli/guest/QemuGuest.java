package io.godwit.cli.guest;

import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.File;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A Linux guest in a QEMU process of its own, its memory in a shared file, under software emulation: it runs wherever the
 * tests do. Closing it kills this QEMU and nothing else.
 */
final class QemuGuest implements AutoCloseable {

    private static final Duration QMP_PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Thread killer;
    private final GuestConsole console;
    private final QmpClient qmp;
    private final RamDirectory ram;

    private QemuGuest(Process process, Thread killer, RamDirectory ram, Path socket)
            throws IOException, InterruptedException {
        this.process = process;
        this.killer = killer;
        this.ram = ram;
        this.console = GuestConsole.reading(process.getInputStream());
        this.qmp = connect(socket);
    }

    /**
     * Starts a guest.
     *
     * @param directory private to this guest; its RAM directory, its QMP socket and QEMU's log are made in it
     * @param memoryMebibytes the guest's memory
     * @param workload the guest's parameters, as {@code .ci/guest/init.c} lists them, without their prefix, separated by
     *     blanks: {@code "hot=16M writes=4000"}
     */
    static QemuGuest start(Path directory, int memoryMebibytes, String workload)
            throws IOException, InterruptedException {
        GuestImages images = GuestImages.require();
        RamDirectory ram = ramDirectory(directory, (long) memoryMebibytes << 20);
        Path socket = directory.resolve("qmp");
        Process process = new ProcessBuilder(command(images, ram.files().get(0), socket, memoryMebibytes, workload))
                .redirectInput(new File("/dev/null"))
                .redirectError(directory.resolve("qemu.log").toFile())
                .start();
        Thread killer = new Thread(process::destroyForcibly, "kill-guest-" + process.pid());
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            return new QemuGuest(process, killer, ram, socket);
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** The memory file is laid out as a RAM directory, so that it can be sent as it is. */
    private static RamDirectory ramDirectory(Path directory, long memoryBytes) throws IOException {
        Path path = Files.createDirectories(directory.resolve("ram"));
        RamBlock block = new RamBlock("pc.ram", memoryBytes);
        RamDirectory ram = RamDirectory.layOut(path, new Manifest(Manifest.DEFAULT_PAGE_SIZE, List.of(block)));
        ram.writeManifest();
        return ram;
    }

    private static List<String> command(
            GuestImages images, Path ram, Path socket, int memoryMebibytes, String workload) {
        List<String> command = new ArrayList<>(List.of(images.qemu(), "-accel", "tcg", "-no-reboot"));
        command.addAll(List.of("-display", "none", "-monitor", "none", "-nic", "none", "-serial", "stdio"));
        command.addAll(List.of("-m", memoryMebibytes + "M", "-machine", "pc,memory-backend=pc.ram"));
        command.addAll(List.of(
                "-object",
                "memory-backend-file,id=pc.ram,size=" + memoryMebibytes + "M,mem-path=" + ram
                        + ",share=on,x-use-canonical-path-for-ramblock-id=off"));
        command.addAll(List.of("-qmp", "unix:" + socket + ",server=on,wait=off"));
        command.addAll(List.of("-kernel", images.kernel().toString()));
        command.addAll(List.of("-initrd", images.initrd().toString()));
        command.addAll(List.of("-append", kernelCommandLine(workload)));
        return command;
    }

    private static String kernelCommandLine(String workload) {
        return Arrays.stream(workload.strip().split("\\s+"))
                .map(parameter -> "godwit." + parameter)
                .collect(Collectors.joining(" ", "console=ttyS0 quiet panic=-1 mitigations=off ", ""));
    }

    /** The socket's file is there a moment before QEMU listens on it. */
    private QmpClient connect(Path socket) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + QMP_PATIENCE.toNanos();
        while (true) {
            try {
                return QmpClient.connect(socket);
            } catch (SocketException e) {
                if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new IOException(
                            "QEMU did not start: " + Files.readString(socket.resolveSibling("qemu.log")), e);
                }
            }
        }
    }

    /** Returns what the guest prints. */
    GuestConsole console() {
        return console;
    }

    /** Returns the guest's memory, one block {@code pc.ram}; shared, so it changes while the guest runs. */
    RamDirectory ramDirectory() {
        return ram;
    }

    /** Stops the virtual CPUs; once this returns the memory stands still. */
    void pause() throws IOException {
        qmp.execute("stop");
    }

    /** Lets a paused guest go on. */
    void resume() throws IOException {
        qmp.execute("cont");
    }

    /** Returns a shell command that stops QEMU as a whole, virtual CPUs included, whoever holds its monitor. */
    String freezeCommand() {
        return "kill -STOP " + process.pid() + "; while grep -h '^State:' /proc/" + process.pid()
                + "/task/*/status | grep -qv stopped; do :; done";
    }

    /** Returns a shell command that lets a frozen QEMU go on. */
    String thawCommand() {
        return "kill -CONT " + process.pid();
    }

    /** Returns QEMU's run state, {@code running} or {@code paused} for instance. */
    String runState() throws IOException {
        return qmp.execute("query-status").path("status").asText();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        qmp.close();
        process.onExit().join();
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
