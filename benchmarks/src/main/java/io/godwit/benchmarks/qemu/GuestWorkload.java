package io.godwit.benchmarks.qemu;

import io.godwit.cli.guest.GuestSpec;
import java.util.Locale;

/** What the guest holds and does while it is moved. */
enum GuestWorkload {
    /** Few small writes in a set that mostly stays as it was. */
    LIGHT(
            "128 MiB random, 384 MiB text, 128 MiB hot, 4000 writes/s of 16 B",
            "random=128M text=384M hot=128M writes=4000 bytes=16",
            4000),
    /** More dirty pages in a second than 125 MB/s can carry. */
    BUSY(
            "64 MiB random, 256 MiB text, 256 MiB hot, 20000 writes/s of 64 B",
            "random=64M text=256M hot=256M writes=20000 bytes=64",
            20_000);

    private static final int MEMORY_MEBIBYTES = 1024;
    /** Small, as it bounds from below what pause can be seen. */
    static final int HEARTBEAT_MS = 5;

    final String title;
    final int writesPerSecond;
    private final String parameters;

    GuestWorkload(String title, String parameters, int writesPerSecond) {
        this.title = title;
        this.parameters = parameters;
        this.writesPerSecond = writesPerSecond;
    }

    /** The guest; pages of the hot set hold text before they are written to, as pages that programs change a little do. */
    GuestSpec guest() {
        return GuestSpec.of(
                MEMORY_MEBIBYTES, parameters + " hot-fill=text repeat=0 sweep=20000 heartbeat=" + HEARTBEAT_MS);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
