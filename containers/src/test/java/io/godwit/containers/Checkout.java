package io.godwit.containers;

import java.nio.file.Path;

/** Where the files are that are tested. */
final class Checkout {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Checkout() {}

    static Path root() {
        return ROOT;
    }

    static Path file(String name) {
        return ROOT.resolve(name);
    }
}
