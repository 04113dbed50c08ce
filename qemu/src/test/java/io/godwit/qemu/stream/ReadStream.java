package io.godwit.qemu.stream;

import io.godwit.qemu.stream.QemuStreamReader.Item;
import io.godwit.record.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Everything that a reader made of a stream. */
final class ReadStream {
    final Map<String, byte[]> pages = new HashMap<>();
    final ByteArrayOutputStream deviceState = new ByteArrayOutputStream();
    final int[] pageCounts = new int[4096];
    final int[] zeroCounts = new int[4096];
    byte[] preamble;
    Manifest manifest;
    int ping;
    boolean ended;
    int idles;

    /** Reads until the end, or until nothing more comes: {@code maxIdles} times in a row. */
    static ReadStream of(StreamInput input, int maxIdles) throws IOException {
        ReadStream read = new ReadStream();
        QemuStreamReader reader = new QemuStreamReader(input);
        int idles = 0;
        while (!read.ended && idles < maxIdles) {
            Item item = reader.next();
            idles = item == Item.IDLE ? idles + 1 : 0;
            read.take(item, reader);
        }
        return read;
    }

    private void take(Item item, QemuStreamReader reader) {
        switch (item) {
            case PREAMBLE -> preamble = reader.bytes();
            case PING -> ping = reader.ping();
            case BLOCKS -> manifest = reader.manifest();
            case PAGE -> takePage(reader);
            case ZERO -> zeroCounts[reader.block()] += reader.count();
            case DEVICE_STATE -> deviceState.writeBytes(reader.bytes());
            case END -> ended = true;
            case IDLE -> idles++;
            case RETURN_PATH, SECTION_END, RAM_END -> {}
        }
    }

    private void takePage(QemuStreamReader reader) {
        byte[] page = new byte[manifest.pageSize()];
        reader.buffer().get(reader.position(), page);
        pages.put(manifest.blocks().get(reader.block()).id() + ":" + (long) reader.index() * page.length, page);
        pageCounts[reader.block()]++;
    }

    /** Bytes as an input that gives at most {@code most} at a time, and pauses before each where {@code pauses}. */
    static StreamInput inPieces(byte[] bytes, int most, boolean pauses) {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        boolean[] pausedBefore = new boolean[1];
        return target -> {
            if (pauses && !pausedBefore[0]) {
                pausedBefore[0] = true;
                return 0;
            }
            pausedBefore[0] = false;
            if (!source.hasRemaining()) {
                return -1;
            }
            int count = Math.min(most, Math.min(source.remaining(), target.remaining()));
            target.put(source.slice().limit(count));
            source.position(source.position() + count);
            return count;
        };
    }
}
