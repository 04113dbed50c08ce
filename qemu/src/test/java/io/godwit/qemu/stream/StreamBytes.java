package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Makes streams by hand, byte by byte, wrong ones too. */
final class StreamBytes {
    private static final int RAM_ID = 2;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Header and configuration. */
    static StreamBytes begun() {
        return new StreamBytes()
                .raw("QEVM".getBytes(US_ASCII))
                .be32(3)
                .be8(7)
                .be32(2)
                .raw("pc".getBytes(US_ASCII));
    }

    /** All that comes before the first page. */
    static StreamBytes withBlock(String name, long length) {
        return begun().ramStart(length).block(name, length).be64(0x10).footer();
    }

    StreamBytes ramStart(long total) {
        return start(RAM_ID, "ram", 4).be64(total | 0x04);
    }

    StreamBytes block(String name, long length) {
        return name(name).be64(length);
    }

    StreamBytes start(int id, String name, int version) {
        return be8(1).be32(id).name(name).be32(0).be32(version);
    }

    StreamBytes full(int id, String name, int version) {
        return be8(4).be32(id).name(name).be32(0).be32(version);
    }

    StreamBytes part() {
        return be8(2).be32(RAM_ID);
    }

    /** RAM's last section, empty. */
    StreamBytes end() {
        return be8(3).be32(RAM_ID).be64(0x10).footer();
    }

    StreamBytes footer() {
        return be8(0x7e).be32(RAM_ID);
    }

    StreamBytes command(int number, byte[] data) {
        return be8(8).raw(ByteBuffer.allocate(4)
                        .putShort((short) number)
                        .putShort((short) data.length)
                        .array())
                .raw(data);
    }

    StreamBytes name(String name) {
        return be8(name.length()).raw(name.getBytes(US_ASCII));
    }

    StreamBytes be8(int value) {
        bytes.write(value);
        return this;
    }

    StreamBytes be32(int value) {
        return raw(ByteBuffer.allocate(4).putInt(value).array());
    }

    StreamBytes be64(long value) {
        return raw(ByteBuffer.allocate(8).putLong(value).array());
    }

    StreamBytes raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    /** What was made, then the end. */
    StreamInput input() {
        StreamInput all = ReadStream.inPieces(bytes.toByteArray(), Integer.MAX_VALUE, false);
        return target -> Math.max(0, all.read(target));
    }
}
