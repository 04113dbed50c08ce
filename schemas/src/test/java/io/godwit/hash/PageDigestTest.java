package io.godwit.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PageDigestTest {
    private final PageDigest digest = new PageDigest();

    @Test
    void digestsAreSha256() {
        // FIPS 180-4, the example of one block; and a page of zeros, as any sha256sum gives it.
        assertThat(hex("abc".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(hex(new byte[4096])).isEqualTo("ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7");
    }

    @Test
    void onePageLeavesNothingForTheNext() {
        String first = hex(new byte[4096]);
        hex(new byte[] {1, 2, 3});
        assertThat(hex(new byte[4096])).isEqualTo(first);
    }

    @Test
    void onlyTheRangesAreReadAndWritten() {
        byte[] memory = new byte[4096 + 20];
        Arrays.fill(memory, (byte) 0x5A);
        Arrays.fill(memory, 10, 10 + 4096, (byte) 0);
        byte[] output = new byte[50];

        digest.digest(memory, 10, 4096, output, 9);

        assertThat(HexFormat.of().formatHex(output, 9, 9 + PageDigest.BYTES)).isEqualTo(hex(new byte[4096]));
        assertThat(Arrays.copyOf(output, 9)).containsOnly(0);
        assertThat(Arrays.copyOfRange(output, 9 + PageDigest.BYTES, 50)).containsOnly(0);
    }

    @Test
    void anOutputWithoutRoomIsTheCallersMistakeAndLeavesNoState() {
        assertThatThrownBy(() -> digest.digest(new byte[8], 0, 8, new byte[40], 9))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(hex(new byte[4096])).isEqualTo("ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7");
    }

    private String hex(byte[] page) {
        byte[] output = new byte[PageDigest.BYTES];
        digest.digest(page, 0, page.length, output, 0);
        return HexFormat.of().formatHex(output);
    }
}
