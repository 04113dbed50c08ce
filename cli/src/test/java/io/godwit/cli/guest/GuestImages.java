package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Where QEMU and the images of the guest are: environment {@code GODWIT_QEMU} (default {@code qemu-system-x86_64}) and
 * {@code GODWIT_GUEST_DIR} (default {@code target/guest} of the repository, where {@code .ci/install} puts them).
 *
 * @param qemu the QEMU to run
 * @param kernel a Linux kernel that boots from the command line of QEMU
 * @param initrd holds the guest's only program
 */
record GuestImages(String qemu, Path kernel, Path initrd) {

    /** QEMU 7.2 loses writes of a guest that migrates under TCG. */
    private static final int OLDEST_QEMU = 8;

    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.");

    /**
     * Finds the images, or ends the test: as skipped, with the reason on stderr and in the report; as failed where
     * {@code CI} is {@code true}, as nothing may be missing there.
     */
    static GuestImages require() {
        GuestImages images = locate();
        Optional<String> reason = images.missing();
        if (reason.isPresent()) {
            String message = reason.get() + ": run .ci/install";
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(message);
            }
            System.err.println("SKIPPED, no real guest is tested: " + message);
            Assumptions.abort(message);
        }
        return images;
    }

    private static GuestImages locate() {
        String qemu = System.getenv().getOrDefault("GODWIT_QEMU", "qemu-system-x86_64");
        String directory = System.getenv("GODWIT_GUEST_DIR");
        Path images = directory == null ? repository().resolve("target/guest") : Path.of(directory);
        return new GuestImages(qemu, images.resolve("vmlinuz"), images.resolve("initrd.img"));
    }

    /** Maven runs a module's tests in the module's directory, an IDE often in the repository's. */
    private static Path repository() {
        Path start = Path.of("").toAbsolutePath();
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("mvnw"))) {
                return directory;
            }
        }
        return start;
    }

    private Optional<String> missing() {
        for (Path image : new Path[] {kernel, initrd}) {
            if (!Files.isReadable(image)) {
                return Optional.of("no guest image " + image);
            }
        }
        int version = qemuVersion();
        if (version < OLDEST_QEMU) {
            return Optional.of(
                    version < 0 ? "no " + qemu : qemu + " is version " + version + ", older than " + OLDEST_QEMU);
        }
        return Optional.empty();
    }

    /** Major version, or -1 where there is no such QEMU. */
    private int qemuVersion() {
        try {
            Process process = new ProcessBuilder(qemu, "--version")
                    .redirectErrorStream(true)
                    .start();
            Matcher version =
                    VERSION.matcher(new String(process.getInputStream().readAllBytes(), UTF_8));
            return version.find() ? Integer.parseInt(version.group(1)) : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
