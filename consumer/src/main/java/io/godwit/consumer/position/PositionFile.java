package io.godwit.consumer.position;

import io.godwit.consumer.position.LanePosition.DeviceStateMark;
import io.godwit.consumer.position.LanePosition.RoundMark;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The positions of all lanes, in a mapped file: a store costs no call, and survives the process. Layout: {@link
 * PositionLayout}.
 *
 * <p>A lane is stored by one thread at a time; different lanes by any.
 */
public final class PositionFile {
    private static final VarHandle BE64 = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final MappedByteBuffer map;
    private final TargetIdentity identity;

    private PositionFile(MappedByteBuffer map, TargetIdentity identity) {
        this.map = map;
        this.identity = identity;
    }

    /**
     * Writes a new file, of no lane applied, in one step: it is there as a whole or not at all. It is not valid before {@link
     * #validate}.
     */
    public static PositionFile create(Path file, TargetIdentity identity) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PositionLayout.fileBytes(identity.lanes()));
        bytes.putLong(PositionLayout.MAGIC_OFFSET, PositionLayout.MAGIC);
        bytes.putInt(PositionLayout.LANES_OFFSET, identity.lanes());
        bytes.putInt(PositionLayout.STRIPE_PAGES_OFFSET, identity.stripePages());
        bytes.putLong(PositionLayout.TOTAL_PAGES_OFFSET, identity.totalPages());
        putText(bytes, PositionLayout.MIGRATION_OFFSET, PositionLayout.MIGRATION_BYTES, identity.migration());
        putText(bytes, PositionLayout.STREAM_OFFSET, PositionLayout.STREAM_BYTES, identity.stream());
        putText(bytes, PositionLayout.BOOT_OFFSET, PositionLayout.BOOT_BYTES, identity.boot());
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        // All bytes are written, none left sparse: a mapped store that finds the disk full would be lost.
        Files.write(temporary, bytes.array());
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return open(file);
    }

    /**
     * Opens an existing file.
     *
     * @throws IOException if it cannot be read or is not a position file
     */
    public static PositionFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size < PositionLayout.HEADER_BYTES || size > PositionLayout.fileBytes(Lanes.MAX_LANES)) {
                throw damaged(file, "has " + size + " bytes");
            }
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
            if (map.getLong(PositionLayout.MAGIC_OFFSET) != PositionLayout.MAGIC) {
                throw damaged(file, "does not begin as one");
            }
            TargetIdentity identity = new TargetIdentity(
                    text(file, map, PositionLayout.MIGRATION_OFFSET, PositionLayout.MIGRATION_BYTES),
                    text(file, map, PositionLayout.STREAM_OFFSET, PositionLayout.STREAM_BYTES),
                    text(file, map, PositionLayout.BOOT_OFFSET, PositionLayout.BOOT_BYTES),
                    map.getInt(PositionLayout.LANES_OFFSET),
                    map.getInt(PositionLayout.STRIPE_PAGES_OFFSET),
                    map.getLong(PositionLayout.TOTAL_PAGES_OFFSET));
            if (identity.lanes() < 1 || size != PositionLayout.fileBytes(identity.lanes())) {
                throw damaged(file, "has " + size + " bytes for " + identity.lanes() + " lanes");
            }
            return new PositionFile(map, identity);
        }
    }

    /** What the file belongs to. */
    public TargetIdentity identity() {
        return identity;
    }

    /** Whether the positions tell the truth about the pages: no store was lost since the file was made. */
    public boolean isValid() {
        return map.getLong(PositionLayout.VALID_OFFSET) == 1;
    }

    /** Says that the pages are as the positions say. */
    public void validate() {
        BE64.setRelease(map, PositionLayout.VALID_OFFSET, 1L);
    }

    /** Says that pages may have been lost: nothing here is to be believed from now on. */
    public void invalidate() {
        BE64.setRelease(map, PositionLayout.VALID_OFFSET, 0L);
    }

    /** Whether {@link #complete} was called. */
    public boolean isComplete() {
        return map.getLong(PositionLayout.COMPLETE_OFFSET) == 1;
    }

    /** Says that the migration is complete and verified. */
    public void complete() {
        BE64.setRelease(map, PositionLayout.COMPLETE_OFFSET, 1L);
    }

    /**
     * The position of {@code lane}.
     *
     * @throws IOException if what is stored cannot be a position
     */
    public LanePosition load(int lane) throws IOException {
        long generation = (long) BE64.getAcquire(map, PositionLayout.slotOffset(lane));
        int image = PositionLayout.imageOffset(lane, generation);
        int flags = map.getInt(image + PositionLayout.FLAGS_OFFSET);
        try {
            return new LanePosition(
                    map.getInt(image + PositionLayout.ATTEMPT_OFFSET),
                    map.getLong(image + PositionLayout.NEXT_SEQUENCE_OFFSET),
                    map.getLong(image + PositionLayout.READ_OFFSET_OFFSET),
                    (flags & PositionLayout.ENDED_FLAG) != 0,
                    new RoundMark(
                            map.getInt(image + PositionLayout.ROUND_OFFSET),
                            map.getLong(image + PositionLayout.ROUND_SEQUENCE_OFFSET)),
                    new DeviceStateMark(
                            (flags & PositionLayout.DEVICE_STATE_EXPECTED_FLAG) != 0,
                            (flags & PositionLayout.DEVICE_STATE_WHOLE_FLAG) != 0,
                            map.getInt(image + PositionLayout.DEVICE_CHUNKS_OFFSET),
                            map.getLong(image + PositionLayout.DEVICE_BYTES_OFFSET)));
        } catch (IllegalArgumentException e) {
            throw new IOException("the position of lane " + lane + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Replaces the position of {@code lane}; after every store that this thread made before. */
    public void store(int lane, LanePosition position) {
        int slot = PositionLayout.slotOffset(lane);
        long generation = map.getLong(slot + PositionLayout.GENERATION_OFFSET) + 1;
        int image = PositionLayout.imageOffset(lane, generation);
        DeviceStateMark deviceState = position.deviceState();
        int flags = (position.ended() ? PositionLayout.ENDED_FLAG : 0)
                | (deviceState.expected() ? PositionLayout.DEVICE_STATE_EXPECTED_FLAG : 0)
                | (deviceState.whole() ? PositionLayout.DEVICE_STATE_WHOLE_FLAG : 0);
        map.putInt(image + PositionLayout.ATTEMPT_OFFSET, position.attempt());
        map.putInt(image + PositionLayout.FLAGS_OFFSET, flags);
        map.putLong(image + PositionLayout.NEXT_SEQUENCE_OFFSET, position.nextSequence());
        map.putLong(image + PositionLayout.READ_OFFSET_OFFSET, position.readOffset());
        map.putInt(image + PositionLayout.ROUND_OFFSET, position.round().number());
        map.putInt(image + PositionLayout.DEVICE_CHUNKS_OFFSET, deviceState.chunks());
        map.putLong(
                image + PositionLayout.ROUND_SEQUENCE_OFFSET, position.round().nextSequence());
        map.putLong(image + PositionLayout.DEVICE_BYTES_OFFSET, deviceState.bytes());
        BE64.setRelease(map, slot + PositionLayout.GENERATION_OFFSET, generation);
    }

    /** Says, before a record changes pages, that those of {@code lane} are about to differ from its position. */
    public void touch(int lane) {
        int slot = PositionLayout.slotOffset(lane);
        long generation = map.getLong(slot + PositionLayout.GENERATION_OFFSET);
        BE64.setVolatile(map, slot + PositionLayout.TOUCHED_OFFSET, generation + 1);
    }

    /** Whether the record after the lane's position may have been applied in part. */
    public boolean isTouched(int lane) {
        int slot = PositionLayout.slotOffset(lane);
        return map.getLong(slot + PositionLayout.TOUCHED_OFFSET) > map.getLong(slot + PositionLayout.GENERATION_OFFSET);
    }

    private static void putText(ByteBuffer bytes, int offset, int room, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > room - Integer.BYTES) {
            throw new IllegalArgumentException("'" + text + "' is longer than " + (room - Integer.BYTES) + " bytes");
        }
        bytes.putInt(offset, utf8.length);
        bytes.put(offset + Integer.BYTES, utf8);
    }

    private static String text(Path file, ByteBuffer bytes, int offset, int room) throws IOException {
        int length = bytes.getInt(offset);
        if (length < 0 || length > room - Integer.BYTES) {
            throw damaged(file, "has a text of " + length + " bytes");
        }
        byte[] utf8 = new byte[length];
        bytes.get(offset + Integer.BYTES, utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static IOException damaged(Path file, String what) {
        return new IOException(file + " is not a position file: it " + what);
    }
}
