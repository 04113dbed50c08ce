package io.godwit.cli.guest;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A test with one guest that is moved, or not, by one test method after the other: all of a class share its hosts. */
abstract class TravellingGuestTest {
    /** All of a guest takes some seconds. */
    static final String SLOWLY = "--max-bandwidth=6M";

    static final String SHORT_PATIENCE = "--patience=5s";

    @TempDir
    static Path directory;

    static GuestHosts hosts;

    @BeforeAll
    static void start() throws Exception {
        hosts = GuestHosts.start(directory, GuestHosts.CALM);
    }

    @AfterEach
    final void clear() throws Exception {
        hosts.clear();
    }

    @AfterAll
    static void stop() throws Exception {
        hosts.close();
    }
}
