package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How a migration stream of QEMU begins, up to its first section: header, and the configuration with its subsections.
 *
 * <p>Source: QEMU's {@code migration/savevm.c}, {@code vmstate_configuration}.
 */
public final class Preamble {
    private static final String CAPABILITIES = "configuration/capabilities";
    private static final String IGNORE_SHARED = "x-ignore-shared";
    private static final int SUBSECTION_VERSION = 1;
    /** Header, marker and the length of the machine's name. */
    private static final int NAME_POSITION = 2 * Integer.BYTES + 1 + Integer.BYTES;

    private final byte[] bytes;
    /** 0 where there is no configuration. */
    private final int machineEnd;

    private final boolean namesCapabilities;

    private Preamble(byte[] bytes, int machineEnd, boolean namesCapabilities) {
        this.bytes = bytes;
        this.machineEnd = machineEnd;
        this.namesCapabilities = namesCapabilities;
    }

    /**
     * Reads the preamble that {@code deviceState} begins with; what follows it is left alone.
     *
     * @throws MalformedStreamException if it is none, or is not whole
     */
    public static Preamble parse(byte[] deviceState) throws MalformedStreamException {
        // Its end is told by the section that follows, which a preamble by itself has not.
        byte[] followed = Arrays.copyOf(deviceState, deviceState.length + 1);
        followed[deviceState.length] = StreamFormat.SECTION_FULL;
        PreambleParser parser = new PreambleParser();
        int length = parser.parse(ByteBuffer.wrap(followed));
        if (length < 0 || length > deviceState.length) {
            throw new MalformedStreamException("a stream that ends within its configuration");
        }
        return new Preamble(Arrays.copyOf(deviceState, length), parser.machineEnd(), parser.namesCapabilities());
    }

    /** Bytes of the preamble: where the rest of the device state begins. */
    public int length() {
        return bytes.length;
    }

    /** QEMU's name of the machine type, as {@code pc-i440fx-10.0}; empty where the stream does not say it. */
    public String machine() {
        return machineEnd == 0 ? "" : new String(bytes, NAME_POSITION, machineEnd - NAME_POSITION, US_ASCII);
    }

    /** The preamble as it was read. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Whether it can be rewritten by {@link #ignoringShared}. */
    public boolean canIgnoreShared() {
        return machineEnd > 0 && !namesCapabilities;
    }

    /**
     * The preamble of a stream that leaves out the memory that both sides share: QEMU wants the capability {@code
     * x-ignore-shared} named where the destination has it.
     *
     * @throws IllegalStateException if there is no place for it
     */
    public byte[] ignoringShared() {
        if (!canIgnoreShared()) {
            throw new IllegalStateException("a configuration that cannot name a capability");
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        output.write(bytes, 0, machineEnd);
        output.writeBytes(ignoreSharedSubsection());
        output.write(bytes, machineEnd, bytes.length - machineEnd);
        return output.toByteArray();
    }

    private static byte[] ignoreSharedSubsection() {
        byte[] id = CAPABILITIES.getBytes(UTF_8);
        byte[] capability = IGNORE_SHARED.getBytes(UTF_8);
        ByteBuffer subsection = ByteBuffer.allocate(2 + id.length + 2 * Integer.BYTES + 1 + capability.length);
        subsection.put((byte) StreamFormat.SUBSECTION).put((byte) id.length).put(id);
        subsection.putInt(SUBSECTION_VERSION).putInt(1);
        subsection.put((byte) capability.length).put(capability);
        return subsection.array();
    }
}
