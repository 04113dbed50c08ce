package io.godwit.benchmarks.qemu;

import java.util.Locale;

/** How many bytes a second a migration may send. */
enum Cap {
    NONE("none", 0),
    /** A gigabit link. */
    GIGABIT("125 MB/s", 125_000_000);

    final String title;
    /** 0 where there is no limit. */
    final long bytesPerSecond;

    Cap(String title, long bytesPerSecond) {
        this.title = title;
        this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
