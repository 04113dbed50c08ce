package io.godwit.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.producer.precopy.GuestException;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.PrecopyState;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.ramdir.RamDirectory;
import io.godwit.ramdir.RamDirectoryException;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FollowedDirectoryTest {
    private static final PrecopySettings SETTINGS = new PrecopySettings(Duration.ofSeconds(10), false);
    private static final int PAGE_SIZE = 4096;
    private static final List<Integer> PAGES = List.of(300, 1, 129);

    @TempDir
    private Path temp;

    private Path directory;
    private RamDirectory guest;
    private Path pausedFile;
    private final List<PrecopyState> states = new ArrayList<>();

    /** What the guest does before and after the sink takes a page. */
    private interface Writes {
        void around(int round, int block, int index, boolean before) throws Exception;
    }

    @BeforeEach
    void writeDirectory() throws Exception {
        directory = Files.createDirectory(temp.resolve("guest"));
        pausedFile = temp.resolve("paused");
        layOut(PAGE_SIZE);
    }

    private void layOut(int pageSize) throws Exception {
        Random random = new Random(3);
        List<RamBlock> blocks = new ArrayList<>();
        for (int pages : PAGES) {
            blocks.add(new RamBlock("block" + blocks.size(), (long) pages * pageSize));
        }
        guest = RamDirectory.layOut(directory, new Manifest(pageSize, blocks));
        guest.writeManifest();
        for (int block = 0; block < PAGES.size(); block++) {
            byte[] bytes = new byte[PAGES.get(block) * pageSize];
            random.nextBytes(bytes);
            Files.write(guest.files().get(block), bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536})
    void aGuestThatWritesNothingIsSentOnceAndPaused(int pageSize) throws Exception {
        layOut(pageSize);
        CopySink sink = migrate((round, block, index, before) -> {});

        assertThat(sink.rounds).isEqualTo(1);
        assertThat(sink.pages).isEqualTo(430);
        assertThat(pausedFile).exists();
        assertThat(states.get(states.size() - 1).paused()).isTrue();
        assertArrived(sink);
    }

    @Test
    void onlyPagesWhoseContentHasChangedAreSentAgain() throws Exception {
        byte[] same = read(0, 5);
        CopySink sink = migrate((round, block, index, before) -> {
            if (round == 1 && block == 2 && index == 128 && !before) {
                write(0, 3, 1);
                write(2, 128, 2);
                writePage(0, 5, same);
                // There and back: what targets have is what the file holds.
                write(0, 70, 9);
                write(0, 70, -9);
            }
        });

        assertThat(sink.pages).isEqualTo(430 + 2);
        assertArrived(sink);
    }

    /** The sink has a copy from before the write; hashed on its own, later, the page would look as if it were sent. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPageWrittenBetweenItsCopyAndItsSendingIsSentAgain(boolean before) throws Exception {
        CopySink sink = migrate((round, block, index, isBefore) -> {
            if (round == 1 && block == 0 && index == 70 && isBefore == before) {
                write(0, 70, 1);
            }
        });

        assertThat(sink.pages).isEqualTo(431);
        assertArrived(sink);
    }

    @Test
    void whatIsWrittenRightUpToThePauseIsInTheLastRound() throws Exception {
        // The pause command is the guest's last write: after the sync that decided to pause.
        CopySink sink = migrate(
                "printf last | dd of='" + guest.files().get(1) + "' conv=notrunc 2>/dev/null && touch '" + pausedFile
                        + "'",
                (round, block, index, before) -> {});

        assertThat(sink.rounds).isEqualTo(2);
        assertThat(sink.pages).isEqualTo(431);
        assertArrived(sink);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whateverIsWrittenTheCopyEqualsTheFilesInTheEnd(long seed) throws Exception {
        Random random = new Random(seed);
        CopySink sink = migrate((round, block, index, before) -> {
            if (!Files.exists(pausedFile) && round < 6 && random.nextInt(4) == 0) {
                int written = random.nextInt(PAGES.size());
                write(written, random.nextInt(PAGES.get(written)), random.nextInt(3));
            }
        });

        assertThat(sink.rounds).isGreaterThan(1);
        assertArrived(sink);
    }

    @Test
    void aGuestWhosePauseCommandFailsIsResumedAndTheCommandNamed() throws Exception {
        Path resumed = temp.resolve("resumed");
        try (FollowedDirectory source =
                new FollowedDirectory(directory, "echo no such monitor >&2; false", "touch '" + resumed + "'")) {
            assertThatThrownBy(() -> source.migrate(new CopySink(source.manifest()), SETTINGS, states::add))
                    .isInstanceOf(GuestException.class)
                    .hasMessage("the guest could not be paused: the --pause-command 'echo no such monitor >&2; false'"
                            + " ended with exit code 1: no such monitor");

            source.resume();

            assertThat(resumed).exists();
        }
    }

    @Test
    void theResumeCommandIsRunOnceAndOnlyAfterAPause() throws Exception {
        Path resumed = temp.resolve("resumed");
        try (FollowedDirectory source =
                new FollowedDirectory(directory, "true", "echo resumed >> '" + resumed + "'; false")) {
            CopySink closed = new CopySink(source.manifest());
            closed.closeAtRound = 1;
            assertThatThrownBy(() -> source.migrate(closed, SETTINGS, states::add))
                    .isInstanceOf(SinkClosedException.class);
            source.resume();
            assertThat(resumed).as("the guest was never paused").doesNotExist();

            source.migrate(new CopySink(source.manifest()), SETTINGS, states::add);
            source.resume();
            source.resume();

            assertThat(Files.readAllLines(resumed)).hasSize(1);
        }
    }

    @Test
    void aGuestThatWasReleasedIsNeverResumed() throws Exception {
        Path resumed = temp.resolve("resumed");
        try (FollowedDirectory source = new FollowedDirectory(directory, "true", "touch '" + resumed + "'")) {
            source.migrate(new CopySink(source.manifest()), SETTINGS, states::add);

            source.release();
            source.resume();

            assertThat(resumed).doesNotExist();
        }
    }

    @Test
    void aFileThatIsCutShortIsToldByNameAndPlace() throws Exception {
        assertThatThrownBy(() -> migrate((round, block, index, before) -> {
                    if (block == 2 && index == 128 && !before) {
                        try (RandomAccessFile file =
                                new RandomAccessFile(guest.files().get(0).toFile(), "rw")) {
                            file.setLength(10 * PAGE_SIZE);
                        }
                    }
                }))
                .isInstanceOf(RamDirectoryException.class)
                .hasMessageContaining(guest.files().get(0) + " ended at 40960 of 1228800 bytes");
        assertThat(pausedFile).doesNotExist();
    }

    @Test
    void anInterruptDuringAScanIsAnInterrupt() throws Exception {
        assertThatThrownBy(() -> migrate((round, block, index, before) -> {
                    if (block == 2 && index == 128 && !before) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(pausedFile).doesNotExist();
    }

    private CopySink migrate(Writes writes) throws Exception {
        return migrate("touch '" + pausedFile + "'", writes);
    }

    private CopySink migrate(String pauseCommand, Writes writes) throws Exception {
        try (FollowedDirectory source = new FollowedDirectory(directory, pauseCommand, "false")) {
            CopySink copy = new CopySink(source.manifest());
            source.migrate(new WrittenAround(copy, writes), SETTINGS, states::add);
            return copy;
        }
    }

    /** Adds {@code value} to a byte of the page. */
    private void write(int block, int page, int value) throws Exception {
        byte[] bytes = read(block, page);
        bytes[1000] += (byte) value;
        writePage(block, page, bytes);
    }

    private void writePage(int block, int page, byte[] bytes) throws Exception {
        try (RandomAccessFile file =
                new RandomAccessFile(guest.files().get(block).toFile(), "rw")) {
            file.seek((long) page * PAGE_SIZE);
            file.write(bytes);
        }
    }

    private byte[] read(int block, int page) throws Exception {
        try (RandomAccessFile file =
                new RandomAccessFile(guest.files().get(block).toFile(), "r")) {
            byte[] bytes = new byte[PAGE_SIZE];
            file.seek((long) page * PAGE_SIZE);
            file.readFully(bytes);
            return bytes;
        }
    }

    private void assertArrived(CopySink sink) throws Exception {
        for (int block = 0; block < PAGES.size(); block++) {
            assertThat(sink.copy.get(block))
                    .as("block %d", block)
                    .isEqualTo(Files.readAllBytes(guest.files().get(block)));
        }
    }

    /** Lets the guest write before and after each page that the sink takes. */
    private record WrittenAround(CopySink copy, Writes writes) implements PageSink {
        @Override
        public boolean page(int block, int index, ByteBuffer memory, int position) throws SinkClosedException {
            write(block, index, true);
            boolean carries = copy.page(block, index, memory, position);
            write(block, index, false);
            return carries;
        }

        private void write(int block, int index, boolean before) {
            try {
                writes.around(copy.rounds + 1, block, index, before);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void zeroPages(int block, int first, int count) {
            copy.zeroPages(block, first, count);
        }

        @Override
        public void endRound() {
            copy.endRound();
        }

        @Override
        public void checkOpen() {
            copy.checkOpen();
        }

        @Override
        public void awaitCarried(int round) {}

        @Override
        public void awaitCarried() {
            copy.awaitCarried();
        }

        @Override
        public void deviceState(byte[] chunk, boolean last) {
            copy.deviceState(chunk, last);
        }
    }
}
