package io.godwit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host that this process runs on. */
final class Hosts {
    /** Asked of the kernel: a resolver may take long, or know another name. */
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");

    private Hosts() {}

    /** The host's name, "localhost" where it has none. */
    static String name() {
        try {
            String name = Files.readString(NAME).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException e) {
            return "localhost";
        }
    }
}
