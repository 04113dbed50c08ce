package io.godwit.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.godwit.codec.Pages.Change;
import io.godwit.codec.Pages.Content;
import io.godwit.hash.PageDigest;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What runs once a page or once a batch leaves nothing for the garbage collector. */
class NoAllocationTest {
    private static final int PAGE = 4096;
    private static final int WARM_UP = 2_000;
    private static final int CALLS = 20_000;
    /** An object has at least 16 bytes: an object a call would be well above. */
    private static final long NOTHING = CALLS;

    private final byte[] base = Content.TEXT.make(new SplittableRandom(1), PAGE);
    private final byte[] page = base.clone();
    private final byte[] out = new byte[PayloadCodec.maxCompressedLength(PAGE)];
    private final byte[] delta = new byte[PAGE];
    private final int deltaLength;

    NoAllocationTest() {
        Change.FEW_BYTES.apply(new SplittableRandom(2), page);
        deltaLength = Xbzrle.encode(base, page, delta);
    }

    @Test
    void xbzrleAllocatesNothing() throws Exception {
        assertThat(allocated(() -> Xbzrle.encode(base, 0, page, 0, PAGE, out, 0)))
                .isLessThan(NOTHING);
        assertThat(allocated(() -> Xbzrle.decode(delta, 0, deltaLength, page, 0, PAGE)))
                .isLessThan(NOTHING);
    }

    @Test
    void zeroAndFillTestsAllocateNothing() throws Exception {
        byte[] zeros = new byte[PAGE];
        ByteBuffer mapped = ByteBuffer.allocateDirect(PAGE);
        assertThat(allocated(() -> ZeroPage.isZero(zeros, 0, PAGE))).isLessThan(NOTHING);
        assertThat(allocated(() -> ZeroPage.isZero(mapped, 0, PAGE))).isLessThan(NOTHING);
        assertThat(allocated(() -> FillPage.isFill(zeros, 0, PAGE))).isLessThan(NOTHING);
    }

    @Test
    void hashesAllocateNothing() throws Exception {
        PageDigest digest = new PageDigest();
        assertThat(allocated(() -> PageHash.ofNonZero(page, 0, PAGE, 0, 7))).isLessThan(NOTHING);
        assertThat(allocated(() -> digest.digest(page, 0, PAGE, out, 0))).isLessThan(NOTHING);
    }

    @Test
    void payloadCompressionAllocatesNothingThatGrowsWithThePayload() throws Exception {
        try (PayloadCodec codec = new PayloadCodec()) {
            for (PayloadCompression compression :
                    new PayloadCompression[] {PayloadCompression.LZ4, PayloadCompression.ZSTD}) {
                byte[] compressed = new byte[PayloadCodec.maxCompressedLength(PAGE)];
                int length = codec.compress(compression, page, 0, PAGE, compressed);
                long bound = CALLS * 64L;
                assertThat(allocated(() -> codec.compress(compression, page, 0, PAGE, out)))
                        .as("compress " + compression)
                        .isLessThan(bound);
                assertThat(allocated(() -> codec.decompress(compression, compressed, 0, length, out, PAGE)))
                        .as("decompress " + compression)
                        .isLessThan(bound);
            }
        }
    }

    private static long allocated(Kernel kernel) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        for (int call = 0; call < WARM_UP; call++) {
            kernel.run();
        }
        long before = threads.getThreadAllocatedBytes(thread);
        for (int call = 0; call < CALLS; call++) {
            kernel.run();
        }
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    private interface Kernel {
        void run() throws Exception;
    }
}
