package io.godwit.producer.source.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.producer.precopy.GuestException;
import io.godwit.producer.source.MemorySource.Fate;
import io.godwit.qemu.qmp.QmpClient;
import io.godwit.qemu.qmp.QmpEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The QEMU that a guest moves away from, as its monitor shows it. Any thread may call it. */
final class SourceQemu implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceQemu.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 1;
    /** The oldest whose stream is known. */
    private static final int OLDEST_MAJOR = 6;

    /** More than any socket takes: what goes out is bounded where it is compressed. */
    private static final long UNBOUNDED_BYTES_PER_SECOND = 1L << 40;

    private static final long SHORTEST_DOWNTIME_MILLIS = 1;
    /** In the shortest downtime. */
    private static final long LESS_THAN_A_PAGE_BYTES_PER_SECOND = 1_000_000;

    private static final String MIGRATED = "postmigrate";
    private static final String SWITCHOVER_ACK = "switchover-ack";
    private static final String MAX_BANDWIDTH = "max-bandwidth";
    private static final String DOWNTIME_LIMIT = "downtime-limit";
    private static final String SWITCHOVER_BANDWIDTH = "avail-switchover-bandwidth";

    /** Capabilities that a stream that can be carried must be without. */
    private static final Set<String> FOREIGN = Set.of(
            "xbzrle",
            "multifd",
            "compress",
            "postcopy-ram",
            "postcopy-preempt",
            "mapped-ram",
            "x-ignore-shared",
            "x-colo",
            "dirty-bitmaps",
            "zero-copy-send",
            "background-snapshot",
            "rdma-pin-all",
            "block",
            "pause-before-switchover");

    private final QmpClient qmp;
    private final Path socket;
    private final Map<String, Boolean> foundCapabilities = new TreeMap<>();
    private final Map<String, Object> foundParameters = new LinkedHashMap<>();

    private boolean wasRunning;
    private boolean gated;
    private boolean pauseAllowed;

    private SourceQemu(QmpClient qmp, Path socket) {
        this.qmp = qmp;
        this.socket = socket;
    }

    /**
     * Connects to a QEMU. Changes nothing.
     *
     * @throws IOException if nobody listens there, or QEMU is too old
     */
    static SourceQemu connect(Path socket) throws IOException {
        SourceQemu qemu = new SourceQemu(QmpClient.connect(socket, PATIENCE), socket);
        try {
            qemu.checkVersion();
            return qemu;
        } catch (IOException e) {
            qemu.close();
            throw e;
        }
    }

    void onEvent(Consumer<QmpEvent> listener) {
        qmp.onEvent(listener);
    }

    MigrationInfo migration() throws IOException {
        return MigrationInfo.of(qmp.execute("query-migrate"));
    }

    /** As {@code running}, {@code paused}, {@code postmigrate}. */
    String runState() throws IOException {
        return qmp.execute("query-status").path("status").asText();
    }

    /** Whether its guest has moved away for good. */
    boolean hasLetGo() throws IOException {
        return runState().equals(MIGRATED);
    }

    /** What became of the guest: undecided while QEMU holds it for a destination, or has just begun to let go. */
    Fate fate() throws IOException {
        String state = runState();
        if (state.equals(MIGRATED)) {
            return Fate.RELEASED;
        }
        return state.equals("finish-migrate") || migration().isUnderWay() ? Fate.UNDECIDED : Fate.RUNNING;
    }

    /** Whether the guest ran when it was found. */
    boolean wasRunning() {
        return wasRunning;
    }

    /**
     * Sets what the migration needs, and remembers what was set before.
     *
     * <p>What fits into the downtime is set to be less than a page, so that QEMU syncs its dirty bitmap only once all of it is
     * sent. Under software emulation a sync that finds no page beyond those that are still to be sent clears what it found,
     * and does not have the virtual CPUs tell of their next writes to those pages: these would never be sent (seen in QEMU
     * 10.0; {@code cpu_physical_memory_sync_dirty_bitmap}).
     */
    void prepare(boolean autoConverge) throws IOException {
        Map<String, Boolean> wanted = new TreeMap<>();
        wanted.put("events", true);
        wanted.put("return-path", true);
        wanted.put(SWITCHOVER_ACK, true);
        if (autoConverge) {
            wanted.put("auto-converge", true);
        }
        FOREIGN.forEach(capability -> wanted.put(capability, false));
        Map<String, Boolean> changed = new TreeMap<>();
        for (JsonNode found : qmp.execute("query-migrate-capabilities")) {
            String capability = found.path("capability").asText();
            boolean state = found.path("state").asBoolean();
            if (wanted.containsKey(capability) && wanted.get(capability) != state) {
                changed.put(capability, wanted.get(capability));
                foundCapabilities.put(capability, state);
            }
            gated |= capability.equals(SWITCHOVER_ACK);
        }
        setCapabilities(changed);
        JsonNode parameters = qmp.execute("query-migrate-parameters");
        for (String parameter : List.of(MAX_BANDWIDTH, DOWNTIME_LIMIT, SWITCHOVER_BANDWIDTH)) {
            if (parameters.has(parameter)) {
                foundParameters.put(parameter, parameters.get(parameter).asLong());
            }
        }
        Map<String, Object> changedParameters = new LinkedHashMap<>();
        changedParameters.put(MAX_BANDWIDTH, UNBOUNDED_BYTES_PER_SECOND);
        changedParameters.put(DOWNTIME_LIMIT, SHORTEST_DOWNTIME_MILLIS);
        if (foundParameters.containsKey(SWITCHOVER_BANDWIDTH)) {
            changedParameters.put(SWITCHOVER_BANDWIDTH, LESS_THAN_A_PAGE_BYTES_PER_SECOND);
        }
        setParameters(changedParameters);
    }

    /** Whether this QEMU asks the destination before it pauses its guest: those from 8.1 on do. */
    boolean isGated() {
        return gated;
    }

    /**
     * Has QEMU send next to nothing: one byte, and so one section, for each of the tenths of a second that it counts by. Nor
     * does one that is gated sync its dirty bitmap, as nothing fits into no downtime; without a gate it would take an empty
     * bitmap for the end. No effect once the guest may be paused: so little is left that it is.
     */
    synchronized void brake() throws IOException {
        if (pauseAllowed) {
            return;
        }
        setParameters(gated ? Map.of(MAX_BANDWIDTH, 10, DOWNTIME_LIMIT, 0) : Map.of(MAX_BANDWIDTH, 10));
    }

    /** Has QEMU send as fast as it can. */
    synchronized void releaseBrake() throws IOException {
        setParameters(
                pauseAllowed
                        ? Map.of(MAX_BANDWIDTH, UNBOUNDED_BYTES_PER_SECOND)
                        : Map.of(MAX_BANDWIDTH, UNBOUNDED_BYTES_PER_SECOND, DOWNTIME_LIMIT, SHORTEST_DOWNTIME_MILLIS));
    }

    /** Has the guest's pause decided by QEMU with these from now on. */
    synchronized void allowPause(Duration limit, long bytesPerSecond) throws IOException {
        pauseAllowed = true;
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put(DOWNTIME_LIMIT, limit.toMillis());
        if (foundParameters.containsKey(SWITCHOVER_BANDWIDTH)) {
            parameters.put(SWITCHOVER_BANDWIDTH, bytesPerSecond);
        }
        setParameters(parameters);
    }

    /** Begins the migration into a socket that is listened to. */
    void migrate(Path stream) throws IOException {
        qmp.execute("migrate", Map.of("uri", "unix:" + stream));
    }

    /** Waits until a migration whose socket was closed, or that was told that it failed, is over. */
    void awaitFailed() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (migration().isUnderWay()) {
            if (System.nanoTime() > deadline) {
                throw new GuestException("QEMU at " + socket + " does not end its migration: it is "
                        + migration().status());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Has the guest run on, where it ran before. QEMU does so by itself; where it has not, it is told. */
    void ensureRunning() throws IOException {
        if (wasRunning && !runState().equals("running")) {
            qmp.execute("cont");
        }
    }

    /** What became of the guest once QEMU knows; undecided where it takes too long to find out. */
    Fate awaitFate() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Fate fate = fate();
        while (fate == Fate.UNDECIDED && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            fate = fate();
        }
        return fate;
    }

    /** Waits until QEMU has let its guest go for good. */
    void awaitReleased() throws IOException, InterruptedException {
        if (awaitFate() != Fate.RELEASED) {
            MigrationInfo now = migration();
            throw new GuestException("QEMU at " + socket + " did not let its guest go: its migration is " + now.status()
                    + (now.error().isEmpty() ? "" : " (" + now.error() + ")"));
        }
    }

    /** Sets back what {@link #prepare} changed, as far as QEMU is there to hear it; closes the session. */
    @Override
    public void close() throws IOException {
        try {
            if (!foundParameters.isEmpty()) {
                setParameters(foundParameters);
            }
            setCapabilities(foundCapabilities);
        } catch (IOException e) {
            LOG.debug("Settings of QEMU at {} stay as they were for the migration", socket, e);
        } finally {
            qmp.close();
        }
    }

    private void checkVersion() throws IOException {
        if (!qmp.version().isAtLeast(OLDEST_MAJOR, 0)) {
            throw new GuestException("QEMU at " + socket + " is version " + qmp.version() + ", and only " + OLDEST_MAJOR
                    + ".0 and newer can be migrated");
        }
    }

    /**
     * Looks whether the guest can be migrated. Changes nothing.
     *
     * @throws IOException if it cannot; the message says why and what to do
     */
    void check() throws IOException {
        String state = runState();
        wasRunning = state.equals("running");
        if (!wasRunning && !state.equals("paused")) {
            throw new GuestException(
                    "QEMU at " + socket + " is in state " + state + ", not running or paused" + advice(state));
        }
        MigrationInfo migration = migration();
        if (migration.isUnderWay()) {
            throw new GuestException("QEMU at " + socket + " has a migration under way (" + migration.status()
                    + "): let it end, or cancel it");
        }
        if (!migration.blocked().isEmpty()) {
            throw new GuestException("QEMU at " + socket + " cannot migrate this guest: " + migration.blocked());
        }
    }

    private static String advice(String state) {
        return switch (state) {
            case MIGRATED -> ": its guest has moved away";
            case "inmigrate" -> ": it waits for a guest (godwit receive --qmp)";
            default -> "";
        };
    }

    private void setCapabilities(Map<String, Boolean> states) throws IOException {
        if (states.isEmpty()) {
            return;
        }
        List<Map<String, Object>> capabilities = new ArrayList<>();
        states.forEach((capability, state) -> capabilities.add(Map.of("capability", capability, "state", state)));
        qmp.execute("migrate-set-capabilities", Map.of("capabilities", capabilities));
    }

    private void setParameters(Map<String, ?> parameters) throws IOException {
        qmp.execute("migrate-set-parameters", parameters);
    }
}
