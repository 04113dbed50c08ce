package io.godwit.benchmarks.qemu;

import io.godwit.cli.guest.GuestSpec;
import java.util.Locale;

/** What the guest holds and does while it is moved. */
enum GuestWorkload {
    /** Few small writes in a set that mostly stays as it was. */
    LIGHT(128, 384, 128, 4000, 16),
    /** More dirty pages in a second than 125 MB/s can carry. */
    BUSY(64, 256, 256, 20_000, 64);

    /** Memory of the guest that the sizes of the regions are meant for. */
    static final int FULL_MEMORY_MIB = 1024;
    /** Small, as it bounds from below what pause can be seen. */
    static final int HEARTBEAT_MS = 5;

    final int writesPerSecond;
    private final int randomMib;
    private final int textMib;
    private final int hotMib;
    private final int writeBytes;

    GuestWorkload(int randomMib, int textMib, int hotMib, int writesPerSecond, int writeBytes) {
        this.randomMib = randomMib;
        this.textMib = textMib;
        this.hotMib = hotMib;
        this.writesPerSecond = writesPerSecond;
        this.writeBytes = writeBytes;
    }

    /**
     * The guest, its regions as large in proportion as in the full one. Pages of the hot set hold text before they are
     * written to, as pages that programs change a little do.
     */
    GuestSpec guest(int memoryMib) {
        return GuestSpec.of(
                memoryMib,
                String.format(
                        Locale.ROOT,
                        "random=%dM text=%dM hot=%dM hot-fill=text repeat=0 writes=%d bytes=%d sweep=20000 heartbeat=%d",
                        scaled(randomMib, memoryMib),
                        scaled(textMib, memoryMib),
                        scaled(hotMib, memoryMib),
                        writesPerSecond,
                        writeBytes,
                        HEARTBEAT_MS));
    }

    /** What such a guest is, for whoever reads the table. */
    String description(int memoryMib) {
        return String.format(
                Locale.ROOT,
                "%s: %d MiB random, %d MiB text, %d MiB hot, %d writes/s of %d B",
                this,
                scaled(randomMib, memoryMib),
                scaled(textMib, memoryMib),
                scaled(hotMib, memoryMib),
                writesPerSecond,
                writeBytes);
    }

    private static int scaled(int mebibytes, int memoryMib) {
        return mebibytes * memoryMib / FULL_MEMORY_MIB;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
