package io.godwit.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.codec.Pages.Change;
import io.godwit.codec.Pages.Content;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class XbzrleTest {
    private static final int PAGE = 4096;
    private static final int SMALL_PAGE = 512;
    private static final int MARGIN = 24;
    private static final byte UNTOUCHED = 0x5A;

    @Nested
    class Vectors {
        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "equal pages,                  '', ''",
            "first byte,                   0=41, 000141",
            "last byte,                    4095=41, ff1f0141",
            "two bytes in one run,         2=4142, 02024142",
            "zero run of 127,              127=41, 7f0141",
            "zero run of 128,              128=41, 80010141",
            "runs parted by one byte,      0=41 2=42, 000141010142",
            "non-zero run of 8 then 1,     16=4142434445464748 25=49, 10084142434445464748010149",
            "first and last,               0=41 4095=42, 000141fe1f0142",
        })
        void aDeltaIsWrittenByteForByteAsQemuWritesIt(String name, String changes, String delta) throws Exception {
            byte[] base = new byte[PAGE];
            byte[] page = new byte[PAGE];
            change(page, changes);
            byte[] out = new byte[PAGE];

            int length = Xbzrle.encode(base, page, out);

            assertThat(HexFormat.of().formatHex(out, 0, length)).as(name).isEqualTo(delta);
            Xbzrle.decode(out, length, base);
            assertThat(base).isEqualTo(page);
        }

        @Test
        void aNonZeroRunOf128TakesTwoBytesOfLength() {
            byte[] page = new byte[PAGE];
            Arrays.fill(page, 3, 3 + 128, (byte) 7);
            byte[] out = new byte[PAGE];

            int length = Xbzrle.encode(new byte[PAGE], page, out);

            assertThat(length).isEqualTo(3 + 128);
            assertThat(Arrays.copyOf(out, 4)).containsExactly(3, 0x80, 1, 7);
        }

        private static void change(byte[] page, String changes) {
            Matcher change = Pattern.compile("(\\d+)=([0-9a-f]+)").matcher(changes);
            while (change.find()) {
                byte[] bytes = HexFormat.of().parseHex(change.group(2));
                System.arraycopy(bytes, 0, page, Integer.parseInt(change.group(1)), bytes.length);
            }
        }
    }

    @Nested
    class Contract {
        private final byte[] base = Content.TEXT.make(new SplittableRandom(1), PAGE);
        private final byte[] page = base.clone();

        Contract() {
            Change.FEW_BYTES.apply(new SplittableRandom(2), page);
        }

        @Test
        void offsetFormsReadAndWriteOnlyTheirRanges() throws Exception {
            byte[] delta = encoded();
            byte[] placedBase = placed(base, MARGIN);
            byte[] placedPage = placed(page, MARGIN + 3);
            byte[] out = placed(new byte[PAGE], MARGIN + 5);

            int length = Xbzrle.encode(placedBase, MARGIN, placedPage, MARGIN + 3, PAGE, out, MARGIN + 5);

            assertThat(Arrays.copyOfRange(out, MARGIN + 5, MARGIN + 5 + length)).isEqualTo(delta);
            assertThat(Arrays.copyOf(out, MARGIN + 5)).containsOnly(UNTOUCHED);
            assertThat(Arrays.copyOfRange(out, MARGIN + 5 + PAGE, out.length)).containsOnly(UNTOUCHED);
            assertThat(placedPage).isEqualTo(placed(page, MARGIN + 3));

            Xbzrle.decode(out, MARGIN + 5, length, placedBase, MARGIN, PAGE);

            assertThat(placedBase).isEqualTo(placed(page, MARGIN));
        }

        @Test
        void noBytePastTheEndOfALongerOutputIsUsed() {
            // given a page whose delta takes more than a page: runs of one byte each
            byte[] rewritten = base.clone();
            for (int at = 0; at < PAGE; at += 2) {
                rewritten[at]++;
            }

            assertThat(Xbzrle.encode(base, rewritten, new byte[3 * PAGE])).isEqualTo(Xbzrle.OVERFLOW);
        }

        @Test
        void everyOutputShorterThanTheDeltaOverflows() {
            int needed = encoded().length;
            for (int room = 0; room < needed; room++) {
                int length = Xbzrle.encode(base, 0, page, 0, PAGE, new byte[MARGIN + room], MARGIN);

                assertThat(length).as("room of " + room).isEqualTo(Xbzrle.OVERFLOW);
            }
        }

        @Test
        void roomIsAskedForAsQemuAsksForIt() {
            for (int room = 0; room < encoded().length + 4; room++) {
                int expected = XbzrleOracle.encode(base, page, room)
                        .map(delta -> delta.length)
                        .orElse(Xbzrle.OVERFLOW);

                assertThat(Xbzrle.encode(base, page, new byte[room]))
                        .as("room of " + room)
                        .isEqualTo(expected);
            }
        }

        @Test
        void aDeltaOfExactlyAPageIsNoOverflow() {
            byte[] changed = base.clone();
            for (int at = 0; at < PAGE - 3; at++) {
                changed[at]++;
            }
            // zero run 0, non-zero run 4093 in two bytes: 3 + 4093 = 4096, and no room is left to look at the tail
            assertThat(Xbzrle.encode(base, changed, new byte[PAGE])).isEqualTo(Xbzrle.OVERFLOW);
            byte[] toTheEnd = base.clone();
            for (int at = 3; at < PAGE; at++) {
                toTheEnd[at]++;
            }
            assertThat(Xbzrle.encode(base, toTheEnd, new byte[PAGE])).isEqualTo(PAGE);
        }

        @Test
        void applyingADeltaTwiceIsApplyingItOnce() throws Exception {
            byte[] delta = encoded();
            byte[] target = base.clone();
            Xbzrle.decode(delta, delta.length, target);
            Xbzrle.decode(delta, delta.length, target);
            assertThat(target).isEqualTo(page);
        }

        @Test
        void anEmptyDeltaChangesNothing() throws Exception {
            byte[] target = base.clone();
            Xbzrle.decode(new byte[0], 0, target);
            assertThat(target).isEqualTo(base);
        }

        @Test
        void aRunLongerThanALengthHoldsIsAnOverflow() {
            byte[] large = new byte[65536];
            large[16384] = 1;
            assertThat(Xbzrle.encode(new byte[65536], large, new byte[65536])).isEqualTo(Xbzrle.OVERFLOW);
            byte[] longRun = new byte[65536];
            Arrays.fill(longRun, 100, 100 + 16384, (byte) 1);
            assertThat(Xbzrle.encode(new byte[65536], longRun, new byte[65536])).isEqualTo(Xbzrle.OVERFLOW);
            byte[] longest = new byte[65536];
            Arrays.fill(longest, 16383, 16383 + 16383, (byte) 1);
            assertThat(Xbzrle.encode(new byte[65536], longest, new byte[65536])).isEqualTo(4 + 16383);
        }

        @Test
        void baseAndPageMustBeOfOneLength() {
            assertThatThrownBy(() -> Xbzrle.encode(new byte[PAGE], new byte[PAGE - 1], new byte[PAGE]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("base has 4096 bytes, the page 4095");
        }

        @Test
        void rangesOutsideTheirArraysAreTheCallersMistake() {
            byte[] array = new byte[PAGE];
            assertThatThrownBy(() -> Xbzrle.encode(array, 1, array, 0, PAGE, array, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> Xbzrle.encode(array, 0, array, -1, PAGE, array, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> Xbzrle.encode(array, 0, array, 0, PAGE, array, PAGE + 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> Xbzrle.decode(array, 0, PAGE + 1, array, 0, PAGE))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> Xbzrle.decode(array, 0, 4, array, PAGE - 2, 4))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }

        private byte[] encoded() {
            byte[] out = new byte[PAGE];
            return Arrays.copyOf(out, Xbzrle.encode(base, page, out));
        }
    }

    @Nested
    class MalformedDeltas {
        @ParameterizedTest(name = "{0}")
        @CsvSource(
                delimiter = '|',
                textBlock =
                        """
            a single byte                  | 00             | delta has fewer than 2 bytes left for a length, at its byte 0
            a zero run and nothing         | 0502           | delta has fewer than 2 bytes left for a length, at its byte 1
            a tail of one byte             | 00014100       | delta has fewer than 2 bytes left for a length, at its byte 3
            three bytes of zero run        | 8080014142     | delta has a length of more than 2 bytes, at its byte 0
            three bytes of non-zero run    | 00808001       | delta has a length of more than 2 bytes, at its byte 1
            an empty non-zero run          | 050041         | delta has a non-zero run of no bytes, at its byte 0
            an empty non-zero run, long    | 05800041       | delta has a non-zero run of no bytes, at its byte 0
            an empty second zero run       | 000141000142   | delta has a zero run of no bytes after the first one, at its byte 3
            an empty second zero run, long | 00014180000142 | delta has a zero run of no bytes after the first one, at its byte 3
            a run past the delta           | 0003414243010541 | delta has a non-zero run of 5 bytes and only 1 more, at its byte 5
            a zero run past the page       | 81200141       | delta has runs of 4097 and 1 bytes that reach past the page, at its byte 0
            a non-zero run past the page   | ff1f024142     | delta has runs of 4095 and 2 bytes that reach past the page, at its byte 0
            """)
        void aBrokenRuleIsNamedWithItsPlace(String name, String delta, String message) {
            byte[] bytes = HexFormat.of().parseHex(delta);

            assertThatThrownBy(() -> Xbzrle.decode(bytes, bytes.length, new byte[PAGE]))
                    .as(name)
                    .isInstanceOf(MalformedDeltaException.class)
                    .hasMessage(message);
        }

        @Test
        void aDeltaLongerThanThePageIsRefused() {
            byte[] delta = new byte[PAGE + 1];
            assertThatThrownBy(() -> Xbzrle.decode(delta, delta.length, new byte[PAGE]))
                    .isInstanceOf(MalformedDeltaException.class)
                    .hasMessage("delta of 4097 bytes is longer than the page of 4096");
        }

        @Test
        void lengthsThatAreLongerThanTheyNeedBeAreAcceptedAsQemuAcceptsThem() throws Exception {
            byte[] page = new byte[PAGE];
            Xbzrle.decode(HexFormat.of().parseHex("8000810041"), 5, page);
            assertThat(page[0]).isEqualTo((byte) 0x41);
        }

        @Test
        void anyBytesAreDecodedAsTheOracleDoesOrRefusedAndNothingAroundThePageChanges() {
            for (int seed = 0; seed < 20_000; seed++) {
                RandomGenerator random = new SplittableRandom(seed);
                checkAnyDelta(plausibleDelta(random), random, "seed " + seed);
            }
        }

        @Test
        void aFlippedBitOfADeltaIsDecodedAsTheOracleDoesOrRefused() {
            for (int seed = 0; seed < 5_000; seed++) {
                RandomGenerator random = new SplittableRandom(seed);
                byte[] base = Content.TEXT.make(random, SMALL_PAGE);
                byte[] page = base.clone();
                Change.FEW_BYTES.apply(random, page);
                byte[] out = new byte[SMALL_PAGE];
                byte[] delta = Arrays.copyOf(out, Math.max(1, Xbzrle.encode(base, page, out)));
                int bit = random.nextInt(8 * delta.length);
                delta[bit / 8] ^= (byte) (1 << bit % 8);
                checkAnyDelta(delta, random, "seed " + seed);
            }
        }

        private static void checkAnyDelta(byte[] delta, RandomGenerator random, String what) {
            byte[] base = Content.RANDOM.make(random, SMALL_PAGE);
            Optional<byte[]> expected = XbzrleOracle.decode(base, delta);
            byte[] memory = placed(base, MARGIN);
            try {
                Xbzrle.decode(placed(delta, 7), 7, delta.length, memory, MARGIN, SMALL_PAGE);
                assertThat(expected).as(what).isPresent();
                assertThat(memory).as(what).isEqualTo(placed(expected.get(), MARGIN));
            } catch (MalformedDeltaException e) {
                assertThat(expected).as(what + ": " + e.getMessage()).isEmpty();
                assertThat(Arrays.copyOf(memory, MARGIN)).as(what).containsOnly(UNTOUCHED);
                assertThat(Arrays.copyOfRange(memory, MARGIN + SMALL_PAGE, memory.length))
                        .as(what)
                        .containsOnly(UNTOUCHED);
            }
        }

        /** Random bytes get no further than the first length, so most lengths are made small here. */
        private static byte[] plausibleDelta(RandomGenerator random) {
            byte[] delta = new byte[random.nextInt(64)];
            random.nextBytes(delta);
            if (random.nextBoolean()) {
                for (int at = 0; at < delta.length; at++) {
                    delta[at] = (byte) (random.nextInt(16) == 0 ? delta[at] : delta[at] & 0x07);
                }
            }
            return delta;
        }
    }

    @Nested
    class AgainstTheOracle {
        @ParameterizedTest
        @EnumSource(Content.class)
        void everyChangeOfEveryPageIsEncodedAsTheOracleDoesAndDecodesToThePage(Content content) throws Exception {
            for (Change change : Change.values()) {
                for (int seed = 0; seed < 40; seed++) {
                    RandomGenerator random = new SplittableRandom(seed);
                    byte[] base = content.make(random, PAGE);
                    byte[] page = base.clone();
                    change.apply(random, page);

                    checkAgainstOracle(base, page, content + " " + change + " seed " + seed);
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {8, 64, 512, 1024, 2048, 8192, 16384, 32768, 65536})
        void pagesOfOtherSizesAreEncodedAsTheOracleDoes(int pageSize) throws Exception {
            for (Change change : Change.values()) {
                for (int seed = 0; seed < 10; seed++) {
                    RandomGenerator random = new SplittableRandom(seed);
                    byte[] base = Content.POINTERS.make(random, pageSize);
                    byte[] page = base.clone();
                    change.apply(random, page);

                    checkAgainstOracle(base, page, pageSize + " bytes, " + change + " seed " + seed);
                }
            }
        }

        private static void checkAgainstOracle(byte[] base, byte[] page, String what) throws Exception {
            Optional<byte[]> expected = XbzrleOracle.encode(base, page, page.length);
            byte[] out = new byte[page.length];

            int length = Xbzrle.encode(base, page, out);

            assertThat(length)
                    .as(what)
                    .isEqualTo(expected.map(delta -> delta.length).orElse(Xbzrle.OVERFLOW));
            if (expected.isPresent()) {
                assertThat(Arrays.copyOf(out, length)).as(what).isEqualTo(expected.get());
                byte[] rebuilt = base.clone();
                Xbzrle.decode(out, length, rebuilt);
                assertThat(rebuilt).as(what).isEqualTo(page);
            }
        }
    }

    private static byte[] placed(byte[] bytes, int offset) {
        byte[] memory = new byte[offset + bytes.length + MARGIN];
        Arrays.fill(memory, UNTOUCHED);
        System.arraycopy(bytes, 0, memory, offset, bytes.length);
        return memory;
    }
}
