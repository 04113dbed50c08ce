package io.godwit.consumer.position;

/**
 * Layout of the position file; big-endian.
 *
 * <pre>
 *   0        8       16         24      28            32           40                                           1024
 *   +--------+-------+----------+-------+-------------+------------+-----------+--------+--------+-- - - --+
 *   | magic  | valid | complete | lanes | stripePages | totalPages | migration | stream | boot   | unused  | slots
 *   +--------+-------+----------+-------+-------------+------------+-----------+--------+--------+-- - - --+
 *     be64     be64    be64       be32    be32          be64         each: be32 length, then UTF-8
 *
 *   slot of a lane, 192 bytes: two images, of which the one that the generation's last bit names is in force
 *   0            8         16       64        128      192
 *   +------------+---------+--------+---------+---------+
 *   | generation | touched | unused | image 0 | image 1 |
 *   +------------+---------+--------+---------+---------+
 *     be64         be64, above the generation while the next record is being applied
 *
 *   image
 *   0         4       8              16           24      28             32              40            48
 *   +---------+-------+--------------+------------+-------+--------------+---------------+-------------+
 *   | attempt | flags | nextSequence | readOffset | round | deviceChunks | roundSequence | deviceBytes |
 *   +---------+-------+--------------+------------+-------+--------------+---------------+-------------+
 * </pre>
 *
 * The image that is not in force is written first, then the generation, in one store: whoever dies in between leaves the old
 * position.
 */
final class PositionLayout {
    /** "GODWITP1": the last digit is the layout's version. */
    static final long MAGIC = 0x474F445749545031L;

    static final int MAGIC_OFFSET = 0;
    static final int VALID_OFFSET = MAGIC_OFFSET + Long.BYTES;
    static final int COMPLETE_OFFSET = VALID_OFFSET + Long.BYTES;
    static final int LANES_OFFSET = COMPLETE_OFFSET + Long.BYTES;
    static final int STRIPE_PAGES_OFFSET = LANES_OFFSET + Integer.BYTES;
    static final int TOTAL_PAGES_OFFSET = STRIPE_PAGES_OFFSET + Integer.BYTES;
    static final int MIGRATION_OFFSET = TOTAL_PAGES_OFFSET + Long.BYTES;
    static final int MIGRATION_BYTES = 256;
    static final int STREAM_OFFSET = MIGRATION_OFFSET + MIGRATION_BYTES;
    static final int STREAM_BYTES = 128;
    static final int BOOT_OFFSET = STREAM_OFFSET + STREAM_BYTES;
    static final int BOOT_BYTES = 128;
    static final int HEADER_BYTES = 1024;

    static final int GENERATION_OFFSET = 0;
    static final int TOUCHED_OFFSET = GENERATION_OFFSET + Long.BYTES;
    static final int IMAGES_OFFSET = 64;
    static final int IMAGE_BYTES = 64;
    static final int SLOT_BYTES = IMAGES_OFFSET + 2 * IMAGE_BYTES;

    static final int ATTEMPT_OFFSET = 0;
    static final int FLAGS_OFFSET = ATTEMPT_OFFSET + Integer.BYTES;
    static final int NEXT_SEQUENCE_OFFSET = FLAGS_OFFSET + Integer.BYTES;
    static final int READ_OFFSET_OFFSET = NEXT_SEQUENCE_OFFSET + Long.BYTES;
    static final int ROUND_OFFSET = READ_OFFSET_OFFSET + Long.BYTES;
    static final int DEVICE_CHUNKS_OFFSET = ROUND_OFFSET + Integer.BYTES;
    static final int ROUND_SEQUENCE_OFFSET = DEVICE_CHUNKS_OFFSET + Integer.BYTES;
    static final int DEVICE_BYTES_OFFSET = ROUND_SEQUENCE_OFFSET + Long.BYTES;

    static final int ENDED_FLAG = 1;
    static final int DEVICE_STATE_EXPECTED_FLAG = 1 << 1;
    static final int DEVICE_STATE_WHOLE_FLAG = 1 << 2;

    private PositionLayout() {}

    static int slotOffset(int lane) {
        return HEADER_BYTES + lane * SLOT_BYTES;
    }

    static int imageOffset(int lane, long generation) {
        return slotOffset(lane) + IMAGES_OFFSET + (int) (generation & 1) * IMAGE_BYTES;
    }

    static int fileBytes(int lanes) {
        return slotOffset(lanes);
    }
}
