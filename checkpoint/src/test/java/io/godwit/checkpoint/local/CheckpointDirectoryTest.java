package io.godwit.checkpoint.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.record.CheckpointChunk;
import io.godwit.record.CheckpointEntry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointDirectoryTest {
    private static final int PAGES = 700;

    @TempDir
    private Path temporary;

    private final TestMemory memory = TestMemory.random(7, PAGES);
    private Path ramDirectory;
    private Path path;
    private CheckpointDirectory directory;

    @BeforeEach
    void writeMemory() throws IOException {
        ramDirectory = memory.write(temporary.resolve("ram"));
        path = temporary.resolve("checkpoints");
        directory = CheckpointDirectory.open(path);
    }

    @Test
    void aCheckpointIsIdentifiedByItsContentAndListed() throws Exception {
        CheckpointEntry added = add("base", ramDirectory);

        assertThat(added.checkpoint()).isEqualTo(memory.id());
        assertThat(added.pages()).isEqualTo(PAGES);
        assertThat(added.hashes()).isEqualTo(memory.hashes().size());
        assertThat(directory.list()).containsExactly(added);
        assertThat(files(path.resolve("base"))).containsExactlyInAnyOrder("checkpoint.json", "index");
    }

    @Test
    void everyPageIsReadByItsHashAndTheZeroPageAndOthersAreNot() throws Exception {
        add("base", ramDirectory);

        try (LocalPages pages = pages()) {
            assertThat(pages.missing()).isEmpty();
            assertThat(pages.warnings()).isEmpty();
            assertAllPagesRead(pages, page -> true);
            assertThat(read(pages, new byte[TestMemory.PAGE_SIZE])).isFalse();
            assertThat(read(pages, memory.withPage(0, (byte) 85).page(0))).isFalse();
        }
    }

    @Test
    void aCheckpointThatIsNotHereIsSaidToBeMissing() throws Exception {
        add("base", ramDirectory);
        String other = "ab".repeat(32);

        try (LocalPages pages = directory.pages(List.of(other, memory.id()), TestMemory.PAGE_SIZE)) {
            assertThat(pages.missing()).containsExactly(other);
            assertAllPagesRead(pages, page -> true);
        }
        try (LocalPages pages = directory.pages(List.of(memory.id()), 2 * TestMemory.PAGE_SIZE)) {
            assertThat(pages.missing()).containsExactly(memory.id());
        }
    }

    @Test
    void itsHashesMakeWholeChunksInAscendingOrder() throws Exception {
        TestMemory large = TestMemory.random(9, 3 * CheckpointChunk.MAX_HASHES);
        add("large", large.write(temporary.resolve("large")));

        SortedSet<String> published = new TreeSet<>();
        try (CheckpointHashes hashes = directory.hashes("large")) {
            assertThat(hashes.chunks())
                    .isEqualTo(CheckpointChunk.chunksOf(large.hashes().size()))
                    .isGreaterThan(1);
            for (int chunk = 0; chunk < hashes.chunks(); chunk++) {
                byte[] bytes = hashes.chunk(chunk).hashes();
                for (int at = 0; at < bytes.length; at += 32) {
                    published.add(HexFormat.of().formatHex(bytes, at, at + 32));
                }
            }
        }
        assertThat(published).isEqualTo(large.hashes());
    }

    @Test
    void memoryWithoutAnyContentIsACheckpointToo() throws Exception {
        Path empty = temporary.resolve("empty");
        Files.createDirectories(empty);
        Files.write(empty.resolve("pc.ram"), new byte[3 * TestMemory.PAGE_SIZE]);

        assertThat(add("empty", empty).hashes()).isZero();
        try (CheckpointHashes hashes = directory.hashes("empty")) {
            assertThat(hashes.chunk(0).hashes()).isEmpty();
        }
        assertAllPagesRead(pages(), page -> false);
    }

    @Test
    void addingTheSameAgainChangesNothing() throws Exception {
        CheckpointEntry added = add("base", ramDirectory);
        FileTime written = Files.getLastModifiedTime(path.resolve("base/index"));

        assertThat(add("base", ramDirectory)).isEqualTo(added);
        assertThat(Files.getLastModifiedTime(path.resolve("base/index"))).isEqualTo(written);
    }

    @Test
    void theSameContentElsewhereTakesThePlaceOfWhatWasThere() throws Exception {
        add("base", ramDirectory);
        Path moved = memory.write(temporary.resolve("moved"));

        assertThat(add("base", moved).checkpoint()).isEqualTo(memory.id());
        Files.delete(ramDirectory.resolve("pc.ram"));
        try (LocalPages pages = pages()) {
            assertAllPagesRead(pages, page -> true);
        }
        assertThat(files(path)).containsExactlyInAnyOrder("base", ".lock");
    }

    @Test
    void otherContentUnderTheSameNameIsRefused() throws Exception {
        CheckpointEntry added = add("base", ramDirectory);
        Path other = TestMemory.random(8, 20).write(temporary.resolve("other"));

        assertThatThrownBy(() -> add("base", other))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("base is here already and has other content")
                .hasMessageContaining("remove it first");
        assertThat(directory.list()).containsExactly(added);
        assertThat(files(path)).containsExactlyInAnyOrder("base", ".lock");
    }

    @Test
    void aRemovedCheckpointIsGoneAndItsForeignMemoryIsNot() throws Exception {
        add("base", ramDirectory);

        assertThat(directory.remove("base")).isTrue();
        assertThat(directory.remove("base")).isFalse();
        assertThat(directory.list()).isEmpty();
        assertThat(Files.readAllBytes(ramDirectory.resolve("pc.ram"))).isEqualTo(memory.bytes());
        assertThat(files(path)).containsExactly(".lock");
    }

    @Test
    void aDraftThatIsNotAddedLeavesNothing() throws Exception {
        try (CheckpointDraft draft = directory.draft("base")) {
            memory.write(draft.memoryDirectory());
        }
        assertThat(files(path)).containsExactly(".lock");
    }

    @Test
    void memoryThatWasReceivedForACheckpointIsItsOwn() throws Exception {
        try (CheckpointDraft draft = directory.draft("base")) {
            memory.write(draft.memoryDirectory());
            draft.add(
                    CheckpointMemory.ofRamDirectory(draft.memoryDirectory(), CheckpointMemory.MIGRATION),
                    new HashProgress());
        }
        Path moved = temporary.resolve("moved");
        Files.move(path, moved);

        directory = CheckpointDirectory.open(moved);
        try (LocalPages pages = pages()) {
            assertThat(pages.warnings()).isEmpty();
            assertAllPagesRead(pages, page -> true);
        }
        directory.remove("base");
        assertThat(files(moved)).containsExactly(".lock");
    }

    @Test
    void whatADeadProcessLeftIsClearedAway() throws Exception {
        add("base", ramDirectory);
        // Died between the two moves that replace a checkpoint, in the middle of an addition, and of a removal.
        Files.move(path.resolve("base"), path.resolve(".old-base"));
        Files.createDirectories(path.resolve(".new-other/memory"));
        Files.createDirectories(path.resolve(".gone-third/memory"));

        directory.remove("unknown");
        add("more", ramDirectory);

        assertThat(files(path)).containsExactlyInAnyOrder("base", "more", ".lock");
        assertThat(directory.list()).extracting(CheckpointEntry::checkpoint).containsOnly(memory.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "empty", "header", "half", "last byte", "one bit", "longer"})
    void aDamagedIndexIsNoticedAndMadeAnew(String damage) throws Exception {
        CheckpointEntry added = add("base", ramDirectory);
        damage(path.resolve("base/index"), damage);

        try (LocalPages pages = pages()) {
            assertThat(pages.missing()).isEmpty();
            assertThat(pages.warnings()).singleElement().asString().contains("index of checkpoint base was damaged");
            assertAllPagesRead(pages, page -> true);
        }
        try (LocalPages pages = pages()) {
            assertThat(pages.warnings()).isEmpty();
        }
        try (CheckpointHashes hashes = directory.hashes("base")) {
            assertThat(hashes.entry()).isEqualTo(added);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "empty", "header", "half"})
    void aDamagedDescriptionIsNoticedAndMadeAnew(String damage) throws Exception {
        CheckpointEntry added = add("base", ramDirectory);
        byte[] before = Files.readAllBytes(path.resolve("base/checkpoint.json"));
        damage(path.resolve("base/checkpoint.json"), damage);

        assertThat(directory.list()).containsExactly(added);
        try (LocalPages pages = pages()) {
            assertAllPagesRead(pages, page -> true);
        }
        assertThat(Files.readAllBytes(path.resolve("base/checkpoint.json"))).isEqualTo(before);
    }

    @Test
    void aCheckpointWithoutAnythingThatCanBeReadIsMissingAndCanBeRemoved() throws Exception {
        add("base", ramDirectory);
        damage(path.resolve("base/checkpoint.json"), "half");
        damage(path.resolve("base/index"), "half");

        try (LocalPages pages = pages()) {
            assertThat(pages.missing()).containsExactly(memory.id());
            assertThat(pages.warnings()).singleElement().asString().contains("base holds no checkpoint", "remove it");
        }
        assertThat(directory.remove("base")).isTrue();
    }

    @Test
    void aChangedFileIsHashedAgainAndWhatIsGoneIsSaid() throws Exception {
        add("base", ramDirectory);
        int changed = uniquePage();
        memory.withPage(changed, (byte) 9).write(ramDirectory);

        try (LocalPages pages = pages()) {
            assertThat(pages.missing()).isEmpty();
            assertThat(pages.warnings())
                    .singleElement()
                    .asString()
                    .contains(
                            "of checkpoint base, 1 of " + memory.hashes().size() + " different pages are no longer in")
                    .contains(ramDirectory.resolve("pc.ram").toString());
            assertAllPagesRead(pages, page -> page != changed);
        }
        assertThat(directory.list()).extracting(CheckpointEntry::checkpoint).containsExactly(memory.id());
        // What is published of it is what it was.
        try (CheckpointHashes hashes = directory.hashes("base")) {
            assertThat(hashes.entry().hashes()).isEqualTo(memory.hashes().size());
        }

        memory.write(ramDirectory);
        try (LocalPages pages = pages()) {
            assertThat(pages.warnings()).isEmpty();
            assertAllPagesRead(pages, page -> true);
        }
    }

    @Test
    void aFileThatWasCutShortStillGivesWhatIsLeft() throws Exception {
        add("base", ramDirectory);
        int left = PAGES / 2;
        try (RandomAccessFile file =
                new RandomAccessFile(ramDirectory.resolve("pc.ram").toFile(), "rw")) {
            file.setLength(left * (long) TestMemory.PAGE_SIZE + 100);
        }
        SortedSet<String> there = new TreeSet<>();
        for (int page = 0; page < left; page++) {
            there.add(HexFormat.of().formatHex(TestMemory.sha256(memory.page(page))));
        }

        try (LocalPages pages = pages()) {
            assertThat(pages.warnings()).singleElement().asString().contains("are no longer in");
            assertAllPagesRead(
                    pages, page -> there.contains(HexFormat.of().formatHex(TestMemory.sha256(memory.page(page)))));
        }
    }

    @Test
    void aFileThatIsAwayIsSaidAndNothingIsForgotten() throws Exception {
        add("base", ramDirectory);
        Path file = ramDirectory.resolve("pc.ram");
        Files.move(file, temporary.resolve("away"));

        try (LocalPages pages = pages()) {
            assertThat(pages.missing()).isEmpty();
            assertThat(pages.warnings()).singleElement().asString().contains("cannot be read", file.toString());
            assertAllPagesRead(pages, page -> false);
        }
        Files.move(temporary.resolve("away"), file);
        try (LocalPages pages = pages()) {
            assertThat(pages.warnings()).isEmpty();
            assertAllPagesRead(pages, page -> true);
        }
    }

    @Test
    void aPageThatRottedWithoutAnyoneNoticingIsNotGivenOut() throws Exception {
        add("base", ramDirectory);
        Path file = ramDirectory.resolve("pc.ram");
        FileTime written = Files.getLastModifiedTime(file);
        int changed = uniquePage();
        memory.withPage(changed, (byte) 9).write(ramDirectory);
        Files.setLastModifiedTime(file, written);

        try (LocalPages pages = pages()) {
            assertThat(pages.warnings()).isEmpty();
            assertAllPagesRead(pages, page -> page != changed);
        }
    }

    @Test
    void aFileThatIsCutShortWhileItIsOpenGivesNoPageAndHarmsNobody() throws Exception {
        add("base", ramDirectory);

        try (LocalPages pages = pages()) {
            Files.write(ramDirectory.resolve("pc.ram"), new byte[0]);
            assertAllPagesRead(pages, page -> false);
        }
    }

    @Test
    void anAdditionThatIsInterruptedLeavesNothing() throws Exception {
        CheckpointMemory content = CheckpointMemory.ofRamDirectory(ramDirectory, CheckpointMemory.RAM_DIRECTORY);
        try (CheckpointDraft draft = directory.draft("base")) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> draft.add(content, new HashProgress()))
                    .isInstanceOfAny(InterruptedException.class, ClosedByInterruptException.class);
        } finally {
            Thread.interrupted();
        }
        assertThat(files(path)).containsExactly(".lock");
    }

    @Test
    void aDirectoryThatWasRenamedIsACheckpointOfItsNewName() throws Exception {
        add("base", ramDirectory);
        Files.move(path.resolve("base"), path.resolve("renamed"));

        assertThat(directory.list()).extracting(CheckpointEntry::name).containsExactly("renamed");
        try (CheckpointHashes hashes = directory.hashes("renamed")) {
            assertThat(hashes.entry().name()).isEqualTo("renamed");
        }
    }

    @Test
    void twoThatAddAtOnceEndWithOneCheckpoint() throws Exception {
        var threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<CheckpointEntry>> both =
                    threads.invokeAll(List.of(() -> add("base", ramDirectory), () -> add("base", ramDirectory)));
            assertThat(both.get(0).get()).isEqualTo(both.get(1).get());
        } finally {
            threads.shutdown();
        }
        assertThat(directory.list()).hasSize(1);
        assertThat(files(path)).containsExactlyInAnyOrder("base", ".lock");
    }

    @Test
    void aNameThatIsNoFileNameIsRefused() {
        assertThatThrownBy(() -> add("../up", ramDirectory)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.remove("..")).isInstanceOf(IllegalArgumentException.class);
    }

    @FunctionalInterface
    private interface PageTest {
        boolean test(int page);
    }

    private CheckpointEntry add(String name, Path memoryDirectory) throws IOException, InterruptedException {
        return directory.add(
                name,
                CheckpointMemory.ofRamDirectory(memoryDirectory, CheckpointMemory.RAM_DIRECTORY),
                new HashProgress());
    }

    private LocalPages pages() throws IOException, InterruptedException {
        return directory.pages(List.of(memory.id()), TestMemory.PAGE_SIZE);
    }

    /** A page whose content no other page has. */
    private int uniquePage() {
        for (int page = 0; page < PAGES; page++) {
            if (memory.page(page)[0] != 0) {
                return page;
            }
        }
        throw new AssertionError("no page is random");
    }

    private void assertAllPagesRead(LocalPages pages, PageTest expected) throws IOException {
        for (int page = 0; page < PAGES; page++) {
            if (!memory.isZero(page)) {
                assertThat(read(pages, memory.page(page)))
                        .as("page %d is read", page)
                        .isEqualTo(expected.test(page));
            }
        }
    }

    /** Whether a page with this content is given out; what is, must be it, at its place. */
    private static boolean read(LocalPages pages, byte[] content) throws IOException {
        byte[] digest = new byte[40];
        System.arraycopy(TestMemory.sha256(content), 0, digest, 5, 32);
        byte[] output = new byte[content.length + 9];
        boolean isCopied = pages.copy(digest, 5, output, 7, content.length);
        assertThat(output).startsWith(new byte[7]).endsWith(0, 0);
        boolean isRead = pages.read(digest, 5, output, 7, content.length);
        if (isRead) {
            assertThat(isCopied).isTrue();
            assertThat(output).startsWith(new byte[7]).endsWith(0, 0);
            assertThat(Arrays.copyOfRange(output, 7, 7 + content.length)).isEqualTo(content);
        }
        return isRead;
    }

    private static void damage(Path file, String damage) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        switch (damage) {
            case "missing" -> Files.delete(file);
            case "empty" -> Files.write(file, new byte[0]);
            case "header" -> {
                bytes[1] ^= 1;
                Files.write(file, bytes);
            }
            case "half" -> Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            case "last byte" -> Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
            case "longer" -> Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            default -> {
                bytes[bytes.length / 2] ^= 8;
                Files.write(file, bytes);
            }
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.map(file -> file.getFileName().toString()).toList();
        }
    }
}
