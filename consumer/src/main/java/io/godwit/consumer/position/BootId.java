package io.godwit.consumer.position;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Identifies one run of the kernel: what was written under it and not forced to disk is there as long as it lasts. */
public final class BootId {
    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    /** This run's id; where the system has none, one that no other call returns, so that nothing is taken to have lasted. */
    public static String current() {
        try {
            return Files.readString(LINUX).strip();
        } catch (IOException e) {
            return UUID.randomUUID().toString();
        }
    }
}
