package io.godwit.cli.guest;

import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The images that tests with a real guest need. */
public final class TestGuestImages {
    private TestGuestImages() {}

    /**
     * Finds the images, or ends the test: as skipped, with the reason on stderr and in the report; as failed where
     * {@code CI} is {@code true}, as nothing may be missing there.
     */
    public static GuestImages require() {
        GuestImages images = GuestImages.locate();
        Optional<String> missing = images.missing();
        if (missing.isPresent()) {
            if ("true".equals(System.getenv("CI"))) {
                Assertions.fail(missing.get());
            }
            System.err.println("SKIPPED, no real guest is tested: " + missing.get());
            Assumptions.abort(missing.get());
        }
        return images;
    }
}
