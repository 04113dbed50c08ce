package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where QEMU and the images of the guest are: environment {@code GODWIT_QEMU} (default {@code qemu-system-x86_64}) and
 * {@code GODWIT_GUEST_DIR} (default {@code target/guest} of the repository, where {@code .ci/install} puts them).
 *
 * @param qemu the QEMU to run
 * @param kernel a Linux kernel that boots from the command line of QEMU
 * @param initrd holds the guest's only program
 */
public record GuestImages(String qemu, Path kernel, Path initrd) {
    /** QEMU 7.2 loses writes of a guest that migrates under TCG. */
    private static final int OLDEST_QEMU = 8;

    private static final Pattern VERSION = Pattern.compile("version (\\d{1,4})\\.");

    /** Where they are by the environment, whether they are there or not. */
    public static GuestImages locate() {
        return locate(System.getenv());
    }

    static GuestImages locate(Map<String, String> environment) {
        String directory = environment.get("GODWIT_GUEST_DIR");
        Path images = directory == null ? repository().resolve("target/guest") : Path.of(directory);
        return new GuestImages(
                environment.getOrDefault("GODWIT_QEMU", "qemu-system-x86_64"),
                images.resolve("vmlinuz"),
                images.resolve("initrd.img"));
    }

    /** What keeps a guest from being started, and what to do about it, in one line; empty where nothing does. */
    public Optional<String> missing() {
        int version = qemuVersion();
        if (version < 0) {
            return Optional.of("there is no " + qemu + ": run .ci/install, or set GODWIT_QEMU to a QEMU of version "
                    + OLDEST_QEMU + " or newer");
        }
        if (version < OLDEST_QEMU) {
            return Optional.of(qemu + " is version " + version + ", older than " + OLDEST_QEMU
                    + ": run .ci/install, or set GODWIT_QEMU to a newer one");
        }
        for (Path image : List.of(kernel, initrd)) {
            if (!Files.isReadable(image)) {
                return Optional.of("there is no guest image " + image
                        + ": run .ci/install, or set GODWIT_GUEST_DIR to the directory that holds it");
            }
        }
        return Optional.empty();
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
