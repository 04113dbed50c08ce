package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.ramdir.RamDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The guest that other tests migrate must itself be trusted: it lives, it writes, it stands still, it notices. */
@Timeout(180)
final class QemuGuestTest {

    private static final int MEMORY_MEBIBYTES = 192;
    private static final String WORKLOAD = "hot=16M text=24M random=16M repeat=4M writes=2000 sweep=20000";
    private static final GuestSpec GUEST =
            GuestSpec.of(MEMORY_MEBIBYTES, WORKLOAD).withSharedMemory();
    private static final int PAGE_BYTES = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void aPausedGuestLeavesItsMemoryInTheFileAndGoesOnWhereItWas() throws Exception {
        try (QemuGuest guest = QemuGuest.boot(TestGuestImages.require(), directory, GUEST)) {
            guest.console().awaitReady(PATIENCE);
            guest.console().awaitWrites(1000, PATIENCE);

            guest.pause();
            byte[] paused = digest(ramFile(guest));

            assertThat(guest.runState()).isEqualTo("paused");
            assertThat(RamDirectory.open(guest.ramDirectory().path())).isEqualTo(guest.ramDirectory());
            assertThat(ramFile(guest)).hasSize((long) MEMORY_MEBIBYTES << 20);
            assertThat(pagesWithContent(ramFile(guest))).isGreaterThan(60 << 20 >> 12);
            assertThat(digest(ramFile(guest))).isEqualTo(paused);

            guest.resume();
            guest.console().awaitWrites(1000, PATIENCE);
            guest.console().awaitFullCheck(PATIENCE);

            assertThat(digest(ramFile(guest))).isNotEqualTo(paused);
            assertThat(GuestJourney.through(guest).fault()).isEmpty();
        }
    }

    @Test
    void theGuestNoticesAByteThatSomebodyElseChangedInItsMemory() throws Exception {
        try (QemuGuest guest = QemuGuest.boot(TestGuestImages.require(), directory, GUEST)) {
            guest.console().awaitReady(PATIENCE);

            flipByteOfATextPage(ramFile(guest));

            guest.console().awaitCorruption(PATIENCE);
            assertThat(guest.console().corruptions()).hasSize(1);
        }
    }

    private static Path ramFile(QemuGuest guest) {
        return guest.ramDirectory().files().get(0);
    }

    private static int pagesWithContent(Path ram) throws IOException {
        int pages = 0;
        try (InputStream input = Files.newInputStream(ram)) {
            for (byte[] page = input.readNBytes(PAGE_BYTES); page.length > 0; page = input.readNBytes(PAGE_BYTES)) {
                pages += isZero(page) ? 0 : 1;
            }
        }
        return pages;
    }

    private static boolean isZero(byte[] page) {
        for (byte b : page) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static void flipByteOfATextPage(Path ram) throws IOException {
        try (FileChannel channel = FileChannel.open(ram, READ, WRITE)) {
            ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
            for (long position = 0; position < channel.size(); position += PAGE_BYTES) {
                channel.read(page.clear(), position);
                if (isGuestText(page.array())) {
                    byte flipped = (byte) (page.get(100) ^ 1);
                    channel.write(ByteBuffer.wrap(new byte[] {flipped}), position + 100);
                    return;
                }
            }
        }
        throw new AssertionError("no text page in " + ram);
    }

    /** Nothing but the guest's text region holds a whole page of printable lines with these words. */
    private static boolean isGuestText(byte[] page) {
        for (byte b : page) {
            if (b != '\n' && (b < ' ' || b > '~')) {
                return false;
            }
        }
        return new String(page, US_ASCII).contains("guest ");
    }

    private static byte[] digest(Path file) throws IOException, GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream input = new DigestInputStream(Files.newInputStream(file), digest)) {
            input.transferTo(OutputStream.nullOutputStream());
        }
        return digest.digest();
    }
}
