package io.godwit.qemu.stream;

import java.nio.ByteBuffer;

/** What a destination says to the source on the stream's return path: be16 type, be16 length, data. */
public final class ReturnPath {
    private static final int MESSAGE_BYTES = 8;

    private ReturnPath() {}

    /** Answers a PING. */
    public static ByteBuffer pong(int value) {
        return message(StreamFormat.RETURN_PONG, value);
    }

    /** The destination has everything: the source lets its guest go. */
    public static ByteBuffer arrived() {
        return message(StreamFormat.RETURN_SHUT, 0);
    }

    /** The destination has failed: the source's guest runs on. */
    public static ByteBuffer failed() {
        return message(StreamFormat.RETURN_SHUT, 1);
    }

    /** The destination is ready for the source to pause its guest. */
    public static ByteBuffer switchoverAck() {
        return ByteBuffer.allocate(2 * Short.BYTES)
                .putShort((short) StreamFormat.RETURN_SWITCHOVER_ACK)
                .putShort((short) 0)
                .flip();
    }

    private static ByteBuffer message(int type, int value) {
        return ByteBuffer.allocate(MESSAGE_BYTES)
                .putShort((short) type)
                .putShort((short) Integer.BYTES)
                .putInt(value)
                .flip();
    }
}
