package io.godwit.consumer.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.qemu.qmp.QmpClient;
import io.godwit.qemu.qmp.QmpException;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The monitor of a QEMU that was started with {@code -incoming defer}: what it is told and asked, from the first check to the
 * running guest. One thread at a time.
 */
final class IncomingQemu implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(20);
    /** From the end of QEMU's stream to its verdict, and from a broken stream to its reason. */
    private static final Duration VERDICT = Duration.ofSeconds(10);

    private static final Duration REASON = Duration.ofSeconds(2);
    private static final long POLL_NANOS = 1_000_000;

    private static final String IGNORE_SHARED = "x-ignore-shared";
    /** Capabilities under which QEMU expects a stream of another form. */
    private static final Set<String> UNWANTED =
            Set.of("multifd", "postcopy-ram", "postcopy-preempt", "mapped-ram", "x-colo", "compress", "zero-copy-send");

    private static final String MACHINE_SUFFIX = "-machine";
    private static final String START_ANEW = "start QEMU anew with the source's machine and -incoming defer -S";

    private final Path socket;
    private final QmpClient qmp;

    private IncomingQemu(Path socket, QmpClient qmp) {
        this.socket = socket;
        this.qmp = qmp;
    }

    /**
     * Connects to the monitor at {@code socket}, and sees to it that QEMU does not start the guest by itself.
     *
     * @throws IncomingQemuException if it does not wait for a guest
     */
    static IncomingQemu connect(Path socket) throws IOException {
        QmpClient qmp;
        try {
            qmp = QmpClient.connect(socket, ANSWER);
        } catch (IOException e) {
            throw new IncomingQemuException(e.getMessage(), e);
        }
        IncomingQemu incoming = new IncomingQemu(socket, qmp);
        try {
            incoming.checkWaits();
            // As -S does: while QEMU waits for a guest, this keeps it from running it when it is loaded.
            qmp.execute("stop");
            return incoming;
        } catch (QmpException e) {
            incoming.close();
            throw new IncomingQemuException(incoming + ": " + e.getMessage(), e);
        } catch (IOException e) {
            incoming.close();
            throw e;
        }
    }

    /**
     * Checks that the guest's blocks have their place in this QEMU.
     *
     * @return the blocks that lie in shared files
     */
    List<SharedFile> check(Manifest manifest) throws IOException {
        DestinationBlocks blocks;
        try {
            blocks = DestinationBlocks.parse(
                    qmp.execute("x-query-ramblock").path("human-readable-text").asText());
        } catch (QmpException e) {
            if (!e.isUnknownCommand()) {
                throw e;
            }
            // Before 6.2, or built without: QEMU itself refuses blocks that do not fit, and gets its memory forwarded.
            return List.of();
        }
        blocks.check(manifest, toString());
        return new SharedFiles(qmp, manifest, blocks).find();
    }

    /** Checks that a guest of this machine type can run here. */
    void checkMachine(String machine) throws IOException {
        String type = qmp.execute("qom-get", Map.of("path", "/machine", "property", "type"))
                .asText();
        String own = type.endsWith(MACHINE_SUFFIX) ? type.substring(0, type.length() - MACHINE_SUFFIX.length()) : type;
        if (!machine.isEmpty() && !machine.equals(own)) {
            throw new IncomingQemuException("the guest's machine type is " + machine + ", that of " + this + " is "
                    + own + ": start it with -machine " + machine);
        }
    }

    /**
     * Has QEMU listen for its stream, and connects.
     *
     * @param at where to make the socket
     * @param ignoreShared whether the stream leaves out the blocks that lie in shared files
     */
    SocketChannel listen(Path at, boolean ignoreShared) throws IOException {
        setCapabilities(ignoreShared);
        Map<String, Object> arguments = new HashMap<>(Map.of("uri", "unix:" + at));
        if (qmp.version().isAtLeast(9, 1)) {
            // So that it stays to tell the reason when it cannot take the guest.
            arguments.put("exit-on-error", false);
        }
        try {
            qmp.execute("migrate-incoming", arguments);
        } catch (QmpException e) {
            throw new IncomingQemuException(
                    this + " does not wait for a guest (" + e.getMessage() + "): " + START_ANEW, e);
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(at));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new IncomingQemuException(
                    this + " does not listen at " + at + " (" + e.getMessage() + "): " + START_ANEW, e);
        }
    }

    /** Waits until the guest that QEMU has loaded stands still in it, ready to run. */
    void awaitPaused() throws IOException {
        long deadline = System.nanoTime() + VERDICT.toNanos();
        while (true) {
            String status = status();
            if (status.equals("paused")) {
                return;
            }
            if (!status.equals("inmigrate") || System.nanoTime() > deadline) {
                throw new IncomingQemuException(
                        this + " has loaded the guest, and is " + status + ", not paused: " + START_ANEW);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Runs the guest, and makes sure that it does. */
    void continueGuest() throws IOException {
        try {
            qmp.execute("cont");
        } catch (QmpException e) {
            throw new IncomingQemuException(
                    this + " has the guest, and does not continue it: " + e.getMessage()
                            + "; put that right, and continue it with the monitor's 'cont'",
                    e);
        }
        long deadline = System.nanoTime() + VERDICT.toNanos();
        while (!status().equals("running")) {
            if (System.nanoTime() > deadline) {
                throw new IncomingQemuException(this + " was told to continue the guest, and is " + status()
                        + ": look at its own output; the guest runs nowhere else");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Why QEMU does not go on with a stream, as far as it tells. */
    IncomingQemuException refusal(IOException symptom) {
        String reason = reason();
        IncomingQemuException refusal = new IncomingQemuException(
                reason == null
                        ? this + " is gone (" + symptom.getMessage() + "): its own output may say why; " + START_ANEW
                        : this + " cannot take the guest (" + reason + "): " + START_ANEW,
                symptom);
        return refusal;
    }

    /** Returns QEMU's reason; null where it cannot be asked. */
    private String reason() {
        long deadline = System.nanoTime() + REASON.toNanos();
        try {
            while (true) {
                JsonNode migration = qmp.execute("query-migrate");
                if (migration.path("status").asText().equals("failed")) {
                    return migration.path("error-desc").asText("no reason given");
                }
                if (System.nanoTime() > deadline) {
                    return "it closed its stream";
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        } catch (IOException e) {
            return null;
        }
    }

    private void checkWaits() throws IOException {
        String status = status();
        if (!status.equals("inmigrate")) {
            throw new IncomingQemuException(
                    this + " is " + status + " and does not wait for a guest: start it with -incoming defer -S");
        }
        String migration = qmp.execute("query-migrate").path("status").asText("none");
        if (!migration.equals("none")) {
            throw new IncomingQemuException(
                    this + " has begun to take in a guest already (" + migration + "): " + START_ANEW);
        }
    }

    private void setCapabilities(boolean ignoreShared) throws IOException {
        List<Map<String, Object>> wanted = new ArrayList<>();
        for (JsonNode known : qmp.execute("query-migrate-capabilities")) {
            String name = known.path("capability").asText();
            boolean on = known.path("state").asBoolean();
            boolean should = name.equals(IGNORE_SHARED) ? ignoreShared : on && !UNWANTED.contains(name);
            if (on != should) {
                wanted.add(Map.of("capability", name, "state", should));
            }
        }
        if (!wanted.isEmpty()) {
            qmp.execute("migrate-set-capabilities", Map.of("capabilities", wanted));
        }
    }

    private String status() throws IOException {
        return qmp.execute("query-status").path("status").asText();
    }

    @Override
    public void close() throws IOException {
        qmp.close();
    }

    /** How messages name it. */
    @Override
    public String toString() {
        return "the QEMU at " + socket;
    }
}
