package io.godwit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.payload.PayloadCompression;
import io.godwit.topic.Lanes;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageBatchTest {
    /** Block 0 has two stripes and a short third one, block 1 a single page: lanes 0, 1, 0 and 1. */
    private static final Manifest MANIFEST =
            new Manifest(4096, List.of(new RamBlock("pc.ram", 1100 * 4096L), new RamBlock("vga.rom", 4096)));

    private static final Lanes LANES = new Lanes(MANIFEST, 2, 512);

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 512, NORMAL, 2097152",
        "0, 0, 1024, 76, ZERO, 0",
        "0, 1, 512, 512, FILL, 1",
        "0, 0, 1099, 1, XBZRLE, 4096",
        "0, 0, 1, 2, HASH, 64",
        "1, 1, 0, 1, XBZRLE, 1",
    })
    void aRunWithinItsStripeAndBlockIsAccepted(
            int block, int lane, long index, int count, PageEncoding encoding, int length) {
        PageBatch batch = batch(block, runs -> runs.add(index, count, encoding, length, 0));

        assertThatCode(() -> batch.check(MANIFEST, LANES, lane)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | 0 | 0 | 1 | ZERO | 0 | block 2 is not one of the manifest's 2",
                "-1 | 0 | 0 | 1 | ZERO | 0 | block -1 is not one of the manifest's 2",
                "0 | 0 | 1099 | 2 | ZERO | 0 | reaches past the block's 1100 pages",
                "0 | 0 | 9223372036854775807 | 1 | ZERO | 0 | reaches past the block's 1100 pages",
                "0 | 0 | 0 | 2147483647 | ZERO | 0 | reaches past the block's 1100 pages",
                "1 | 1 | 1 | 1 | ZERO | 0 | reaches past the block's 1 pages",
                "0 | 0 | 511 | 2 | ZERO | 0 | crosses a stripe of 512 pages",
                "0 | 1 | 0 | 1 | ZERO | 0 | belongs to lane 0, not 1",
                "1 | 0 | 0 | 1 | ZERO | 0 | belongs to lane 1, not 0",
                "0 | 0 | 7 | 2 | NORMAL | 8191 | has 8191 bytes for 2 pages of 4096",
                "0 | 0 | 7 | 2 | ZERO | 1 | has 1 bytes for 2 pages of 4096",
                "0 | 0 | 7 | 2 | FILL | 2 | has 2 bytes for 2 pages of 4096",
                "0 | 0 | 7 | 2 | XBZRLE | 3 | has 3 bytes for 2 pages of 4096",
                "0 | 0 | 7 | 1 | XBZRLE | 0 | has 0 bytes for 1 pages of 4096",
                "0 | 0 | 7 | 1 | XBZRLE | 4097 | has 4097 bytes for 1 pages of 4096",
                "0 | 0 | 7 | 2 | HASH | 63 | has 63 bytes for 2 pages of 4096",
            })
    void aRunThatBreaksARuleIsNamed(
            int block, int lane, long index, int count, PageEncoding encoding, int length, String message) {
        PageBatch batch = batch(block, runs -> runs.add(index, count, encoding, length, 0));

        assertThatThrownBy(() -> batch.check(MANIFEST, LANES, lane))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message);
    }

    @Test
    void neighboursOfOneEncodingBecomeOneRunWithinTheirStripe() {
        PageRuns runs = new PageRuns(1);
        for (long page = 510; page < 514; page++) {
            runs.extend(page, 1, PageEncoding.NORMAL, 4096, page, 512);
        }
        runs.extend(514, 1, PageEncoding.ZERO, 0, 0, 512);
        runs.extend(516, 1, PageEncoding.ZERO, 0, 0, 512);
        runs.extend(517, 1, PageEncoding.FILL, 1, 5, 512);
        runs.extend(518, 1, PageEncoding.FILL, 1, 6, 512);

        assertThat(runs.size()).isEqualTo(6);
        assertThat(runs.index(0)).isEqualTo(510);
        assertThat(runs.count(0)).isEqualTo(2);
        assertThat(runs.length(0)).isEqualTo(8192);
        assertThat(runs.checksum(0)).isEqualTo(510 + 511);
        assertThat(runs.index(1)).isEqualTo(512);
        assertThat(runs.pages()).isEqualTo(8);
        assertThat(runs.pages(PageEncoding.NORMAL)).isEqualTo(4);
        assertThat(runs.payloadBytes()).isEqualTo(4 * 4096 + 2);
    }

    private static PageBatch batch(int block, Consumer<PageRuns> fill) {
        PageRuns runs = new PageRuns(1);
        fill.accept(runs);
        return new PageBatch(1, block, runs, 0, 0, PayloadCompression.LZ4, new byte[0], 0, 0);
    }
}
