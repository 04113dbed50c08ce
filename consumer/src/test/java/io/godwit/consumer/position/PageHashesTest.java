package io.godwit.consumer.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageHashesTest {
    private static final Manifest MANIFEST =
            new Manifest(512, List.of(new RamBlock("a", 512 * 10), new RamBlock("b", 512 * 3)));

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void choose() {
        file = directory.resolve("hashes");
    }

    @Test
    void pagesOfAllBlocksHaveTheirOwnHash() throws Exception {
        PageHashes hashes = PageHashes.create(file, MANIFEST);
        hashes.set(0, 9, -1);
        hashes.set(1, 0, Long.MIN_VALUE);
        hashes.set(1, 2, 3);

        PageHashes opened = PageHashes.open(file, MANIFEST);

        assertThat(opened.get(0, 9)).isEqualTo(-1);
        assertThat(opened.get(1, 0)).isEqualTo(Long.MIN_VALUE);
        assertThat(opened.get(1, 1)).isZero();
        assertThat(opened.get(1, 2)).isEqualTo(3);
        assertThat(opened.nonZeroPages()).isEqualTo(3);
    }

    @Test
    void digestsAreTheSumsOfTheLanesPages() throws Exception {
        PageHashes hashes = PageHashes.create(file, MANIFEST);
        // Stripes of 4: block a is stripes 0, 1, 2 and block b is stripe 3.
        hashes.set(0, 0, 1);
        hashes.set(0, 7, 20);
        hashes.set(0, 8, 300);
        hashes.set(1, 1, Long.MAX_VALUE);

        assertThat(hashes.laneDigests(new Lanes(MANIFEST, 2, 4))).containsExactly(301, Long.MAX_VALUE + 20);
    }

    @Test
    void aNewFileReplacesAnOldOne() throws Exception {
        PageHashes.create(file, MANIFEST).set(0, 0, 5);

        assertThat(PageHashes.create(file, MANIFEST).get(0, 0)).isZero();
    }

    @Test
    void aFileOfAnotherManifestIsRefused() throws Exception {
        PageHashes.create(file, MANIFEST);

        assertThatThrownBy(() -> PageHashes.open(file, new Manifest(512, List.of(new RamBlock("a", 512)))))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " has 104 bytes, the hashes of 1 pages are 8");
    }
}
