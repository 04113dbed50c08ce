package io.godwit.consumer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.qemu.stream.QemuStreamReader;
import io.godwit.qemu.stream.QemuStreamWriter;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What QEMU is sent comes out as the memory stands, whoever writes meanwhile. */
@Timeout(60)
class ForwarderTest {
    private static final int PAGE_SIZE = 4096;
    private static final int WRITERS = 3;
    /** Writers go on until the forwarder has read so many pages, so that they are in its way. */
    private static final long READS = 1000;

    private static final int LEAST_WRITES = 300;
    private static final byte[] PREAMBLE = HexFormat.of().parseHex("5145564d00000003");
    /** EOF, and an empty description. */
    private static final byte[] TRAILER = HexFormat.of().parseHex("000600000000");

    private static final Manifest MANIFEST = new Manifest(
            PAGE_SIZE,
            List.of(
                    new RamBlock("pc.ram", 150L * PAGE_SIZE),
                    new RamBlock("placed", 9L * PAGE_SIZE),
                    new RamBlock("vga", 70L * PAGE_SIZE)));
    private static final int PLACED = 1;

    private final byte[][] memory = image((byte) 0);
    private final DirtyPages[] dirty = new DirtyPages[memory.length];
    private final AtomicLong reads = new AtomicLong();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @RepeatedTest(5)
    void endsWithTheLastVersionOfEveryPageAndZeroForThoseThatHaveNone() throws Exception {
        try (Forwarder forwarder = forwarder(Channels.newChannel(output))) {
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                Thread thread = new Thread(() -> write(writer, READS, forwarder));
                writers.add(thread);
                thread.start();
            }
            forwarder.begin(PREAMBLE, new long[0]);
            forwarder.firstRoundApplied();
            for (Thread writer : writers) {
                writer.join();
            }
            forwarder.finish(ByteBuffer.wrap(TRAILER));
        }

        byte[][] arrived = image((byte) 0xaa);
        readInto(arrived);
        for (int block = 0; block < memory.length; block++) {
            if (block != PLACED) {
                assertThat(arrived[block]).as("block %d", block).isEqualTo(memory[block]);
            }
        }
        assertThat(arrived[PLACED]).containsOnly(0xaa);
    }

    @Test
    void sendsPagesThatWereWrittenBeforeTheStreamBegan() throws Exception {
        try (Forwarder forwarder = forwarder(Channels.newChannel(output))) {
            write(0, 0, forwarder);
            forwarder.begin(PREAMBLE, new long[0]);
            forwarder.finish(ByteBuffer.wrap(TRAILER));
        }

        byte[][] arrived = image((byte) 0xaa);
        readInto(arrived);
        assertThat(arrived[0]).isEqualTo(memory[0]);
        assertThat(arrived[2]).isEqualTo(memory[2]);
    }

    @Test
    void saysThatTheChannelBrokeAndEndsItsThread() throws Exception {
        try (Forwarder forwarder = forwarder(new BrokenChannel())) {
            forwarder.begin(PREAMBLE, new long[0]);

            await().until(forwarder::hasFailed);
            assertThatThrownBy(() -> forwarder.finish(ByteBuffer.wrap(TRAILER)))
                    .isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void isClosedWithoutEverHavingBegun() {
        try (Forwarder forwarder = forwarder(Channels.newChannel(output))) {
            forwarder.pagesWritten();
        }
        assertThat(output.size()).isZero();
    }

    private Forwarder forwarder(WritableByteChannel channel) {
        List<ForwardedBlock> blocks = new ArrayList<>();
        for (int block = 0; block < memory.length; block++) {
            if (block != PLACED) {
                byte[] bytes = memory[block];
                dirty[block] = new DirtyPages(MANIFEST.pages(block));
                blocks.add(new ForwardedBlock(
                        block, (index, page, at) -> readSlowly(bytes, index, page, at), dirty[block]));
            }
        }
        return new Forwarder(new QemuStreamWriter(channel, MANIFEST.blocks(), PAGE_SIZE), MANIFEST, blocks);
    }

    /** In two halves, with room between them for a writer. */
    private void readSlowly(byte[] bytes, long index, byte[] page, int at) {
        int from = (int) index * PAGE_SIZE;
        reads.incrementAndGet();
        System.arraycopy(bytes, from, page, at, PAGE_SIZE / 2);
        LockSupport.parkNanos(1);
        System.arraycopy(bytes, from + PAGE_SIZE / 2, page, at + PAGE_SIZE / 2, PAGE_SIZE / 2);
    }

    /** Body of a writer, which has pages of its own, as a lane has. */
    private void write(int writer, long untilRead, Forwarder forwarder) {
        Random random = new Random(writer);
        for (int i = 0; i < LEAST_WRITES || reads.get() < untilRead; i++) {
            int block = random.nextInt(4) == 0 ? 2 : 0;
            // Of every four pages of a writer one is never written.
            int index = random.nextInt(MANIFEST.pages(block) / WRITERS) * WRITERS + writer;
            if (index / WRITERS % 4 == 3) {
                continue;
            }
            byte value = (byte) random.nextInt(3);
            Arrays.fill(memory[block], index * PAGE_SIZE, (index + 1) * PAGE_SIZE, value);
            dirty[block].set(index, 1);
            forwarder.pagesWritten();
        }
    }

    /** Reads what was sent. */
    private void readInto(byte[][] image) throws IOException {
        ReadableByteChannel input = Channels.newChannel(new ByteArrayInputStream(output.toByteArray()));
        QemuStreamReader reader = new QemuStreamReader(input::read);
        while (true) {
            switch (reader.next()) {
                case PAGE -> {
                    reader.buffer()
                            .get(reader.position(), image[reader.block()], reader.index() * PAGE_SIZE, PAGE_SIZE);
                }
                case ZERO -> {
                    int from = reader.index() * PAGE_SIZE;
                    Arrays.fill(image[reader.block()], from, from + reader.count() * PAGE_SIZE, (byte) 0);
                }
                case RAM_END -> {
                    return;
                }
                default -> {
                    // Nothing that changes memory.
                }
            }
        }
    }

    private static byte[][] image(byte value) {
        byte[][] image = new byte[MANIFEST.blocks().size()][];
        for (int block = 0; block < image.length; block++) {
            image[block] = new byte[MANIFEST.pages(block) * PAGE_SIZE];
            Arrays.fill(image[block], value);
        }
        return image;
    }

    private static final class BrokenChannel implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            throw new ClosedChannelException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
