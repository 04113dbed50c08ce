package io.godwit.hash;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageHashTest {
    /** Vectors of xxHash's own test suite, over its own test bytes: the library is the XXH3 that others mean. */
    @ParameterizedTest
    @CsvSource({
        "0, 2d06800538d394c2",
        "1, c44bdff4074eecdb",
        "6, 27b56a84cd2d7325",
        "12, a713daf0dfbb77e7",
        "24, a3fe70bf9d3510eb",
        "48, 397da259ecba1f11",
        "80, bcdefbbb2c47c90a",
        "195, cd94217ee362ec3a",
        "403, cdeb804d65c6dea4",
        "512, 617e49599013cb6b",
        "2048, dd59e2c3a5f038e0",
        "2240, 6e73a90539cf2948",
        "2367, cb37aeb9e5d361ed",
    })
    void theLibrarysXxh3IsXxHashs(int length, String hash) {
        byte[] bytes = xxHashTestBytes(length);

        assertThat(Long.toHexString(Hashing.xxh3_64().hashBytesToLong(bytes))).isEqualTo(hash);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, be535dba46f95450",
        "0, 1, 617bbb91b1b0d390",
        "1, 0, c84d4f14c6340eb5",
        "4095, 2147483638, be21f45397e322b5",
    })
    void hashesStayTheSameForEver(int block, long index, String hash) {
        byte[] page = xxHashTestBytes(4096);

        assertThat(Long.toHexString(PageHash.ofNonZero(page, 0, 4096, block, index)))
                .isEqualTo(hash);
    }

    @Test
    void aHashIsOfItsRangeAlone() {
        byte[] page = xxHashTestBytes(4096);
        byte[] memory = new byte[4096 + 50];
        Arrays.fill(memory, (byte) 0x5A);
        System.arraycopy(page, 0, memory, 17, 4096);

        assertThat(PageHash.ofNonZero(memory, 17, 4096, 3, 9)).isEqualTo(PageHash.ofNonZero(page, 0, 4096, 3, 9));
    }

    @Test
    void onePageHasAnotherHashInEveryPlace() {
        byte[] page = xxHashTestBytes(512);
        Set<Long> hashes = new HashSet<>();
        for (int block = 0; block < 50; block++) {
            for (long index = 0; index < 1000; index++) {
                hashes.add(PageHash.ofNonZero(page, 0, 512, block, index));
            }
        }
        assertThat(hashes).hasSize(50 * 1000).doesNotContain(PageHash.ZERO);
    }

    @Test
    void twoPagesThatChangePlacesChangeTheSum() {
        byte[] one = xxHashTestBytes(512);
        byte[] other = xxHashTestBytes(1024);
        long sum = PageHash.ofNonZero(one, 0, 512, 0, 1) + PageHash.ofNonZero(other, 512, 512, 0, 2);
        long swapped = PageHash.ofNonZero(one, 0, 512, 0, 2) + PageHash.ofNonZero(other, 512, 512, 0, 1);
        assertThat(swapped).isNotEqualTo(sum);
    }

    @Test
    void anyBitOfAPageChangesItsHash() {
        byte[] page = xxHashTestBytes(4096);
        Set<Long> hashes = new HashSet<>();
        hashes.add(PageHash.ofNonZero(page, 0, 4096, 0, 0));
        for (int bit = 0; bit < 8 * 4096; bit++) {
            page[bit / 8] ^= (byte) (1 << bit % 8);
            hashes.add(PageHash.ofNonZero(page, 0, 4096, 0, 0));
            page[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(hashes).hasSize(1 + 8 * 4096);
    }

    private static byte[] xxHashTestBytes(int length) {
        byte[] bytes = new byte[length];
        long generator = 2654435761L;
        for (int at = 0; at < length; at++) {
            bytes[at] = (byte) (generator >>> 56);
            generator *= 0x9E3779B185EBCA8DL;
        }
        return bytes;
    }
}
