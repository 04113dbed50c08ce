package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a migration stream of QEMU begins, up to its first section.
 *
 * <pre>
 *   be32 "QEVM"  be32 version 3
 *   0x07  be32 length  machine type                                   the configuration, where the machine sends it
 *   (0x05  u8 length  name  be32 version  body)*                      its subsections; a body's length is known by its name
 * </pre>
 *
 * Source: QEMU's {@code migration/savevm.c}, {@code vmstate_configuration}.
 */
public final class Preamble {
    private static final int MAGIC = 0x5145564d;
    private static final int VERSION = 3;
    private static final int CONFIGURATION = 0x07;
    private static final int SUBSECTION = 0x05;
    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int SUBSECTION_VERSION = 1;
    private static final int MAX_MACHINE_BYTES = 256;
    private static final int MAX_CAPABILITIES = 256;
    private static final int UUID_BYTES = 16;

    private static final String PAGE_BITS = "configuration/target-page-bits";
    private static final String CAPABILITIES = "configuration/capabilities";
    private static final String UUID = "configuration/uuid";
    private static final String IGNORE_SHARED = "x-ignore-shared";

    private final byte[] bytes;
    private final String machine;
    /** Subsections by name, each with all its bytes. */
    private final Map<String, byte[]> subsections;

    private final List<String> capabilities;

    private Preamble(byte[] bytes, String machine, Map<String, byte[]> subsections, List<String> capabilities) {
        this.bytes = bytes;
        this.machine = machine;
        this.subsections = subsections;
        this.capabilities = capabilities;
    }

    /**
     * Reads the preamble that {@code deviceState} begins with; what follows it is left alone.
     *
     * @throws MalformedPreambleException if it is none, or is not whole
     */
    public static Preamble parse(byte[] deviceState) throws MalformedPreambleException {
        return new Parser(deviceState).parse();
    }

    /** Bytes of the preamble: where the rest of the device state begins. */
    public int length() {
        return bytes.length;
    }

    /** QEMU's name of the machine type, as {@code pc-i440fx-10.0}; empty where the machine sends no configuration. */
    public String machine() {
        return machine;
    }

    /** The preamble as it was read. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /**
     * The preamble of a stream that leaves out the blocks whose memory both sides share: QEMU requires it to name the
     * capability {@code x-ignore-shared} where the destination has it.
     *
     * @throws IllegalStateException if the machine sends no configuration to say it in
     */
    public byte[] withIgnoreShared() {
        if (machine.isEmpty()) {
            throw new IllegalStateException("the stream has no configuration that could name a capability");
        }
        List<String> all = new ArrayList<>(capabilities);
        if (!all.contains(IGNORE_SHARED)) {
            all.add(IGNORE_SHARED);
        }
        byte[] name = machine.getBytes(UTF_8);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        output.write(bytes, 0, HEADER_BYTES + 1 + Integer.BYTES + name.length);
        output.writeBytes(capabilitiesSubsection(all));
        subsections.forEach((id, subsection) -> {
            if (!id.equals(CAPABILITIES)) {
                output.writeBytes(subsection);
            }
        });
        return output.toByteArray();
    }

    private static byte[] capabilitiesSubsection(List<String> names) {
        int length = 2 + CAPABILITIES.length() + 2 * Integer.BYTES;
        for (String name : names) {
            length += 1 + name.getBytes(UTF_8).length;
        }
        ByteBuffer subsection = ByteBuffer.allocate(length);
        subsection.put((byte) SUBSECTION);
        putName(subsection, CAPABILITIES);
        subsection.putInt(SUBSECTION_VERSION).putInt(names.size());
        names.forEach(name -> putName(subsection, name));
        return subsection.array();
    }

    private static void putName(ByteBuffer output, String name) {
        byte[] utf8 = name.getBytes(UTF_8);
        output.put((byte) utf8.length).put(utf8);
    }

    /** Reads one preamble; every length is checked before it is used. */
    private static final class Parser {
        private final byte[] array;
        private final ByteBuffer input;
        private final Map<String, byte[]> subsections = new LinkedHashMap<>();
        private List<String> capabilities = List.of();

        Parser(byte[] deviceState) {
            array = deviceState;
            input = ByteBuffer.wrap(deviceState);
        }

        Preamble parse() throws MalformedPreambleException {
            if (need(Integer.BYTES, "magic").getInt() != MAGIC) {
                throw malformed("it does not begin with QEVM");
            }
            int version = need(Integer.BYTES, "version").getInt();
            if (version != VERSION) {
                throw malformed("its version is " + version + ", " + VERSION + " is known");
            }
            String machine = isNext(CONFIGURATION) ? configuration() : "";
            return new Preamble(Arrays.copyOf(array, input.position()), machine, subsections, capabilities);
        }

        private String configuration() throws MalformedPreambleException {
            input.get();
            int length = need(Integer.BYTES, "length of the machine type").getInt();
            if (length < 1 || length > MAX_MACHINE_BYTES) {
                throw malformed("the machine type has " + length + " bytes");
            }
            String machine = text(length);
            while (isNext(SUBSECTION)) {
                subsection();
            }
            return machine;
        }

        private void subsection() throws MalformedPreambleException {
            int start = input.position();
            input.get();
            String name = shortText();
            need(Integer.BYTES, "version of " + name).getInt();
            switch (name) {
                case PAGE_BITS -> skip(Integer.BYTES);
                case UUID -> skip(UUID_BYTES);
                case CAPABILITIES -> capabilities = capabilities();
                default -> throw malformed("subsection " + name + " is not known");
            }
            subsections.put(name, Arrays.copyOfRange(array, start, input.position()));
        }

        private List<String> capabilities() throws MalformedPreambleException {
            int count = need(Integer.BYTES, "count of capabilities").getInt();
            if (count < 0 || count > MAX_CAPABILITIES) {
                throw malformed("it names " + count + " capabilities");
            }
            List<String> names = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                names.add(shortText());
            }
            return names;
        }

        private boolean isNext(int value) {
            return input.hasRemaining() && input.get(input.position()) == value;
        }

        private String shortText() throws MalformedPreambleException {
            return text(Byte.toUnsignedInt(need(1, "length of a name").get()));
        }

        private String text(int length) throws MalformedPreambleException {
            byte[] utf8 = new byte[length];
            need(length, "text").get(utf8);
            return new String(utf8, UTF_8);
        }

        private void skip(int length) throws MalformedPreambleException {
            need(length, "body of a subsection").position(input.position() + length);
        }

        private ByteBuffer need(int length, String what) throws MalformedPreambleException {
            if (input.remaining() < length) {
                throw malformed("it ends in its " + what);
            }
            return input;
        }

        private MalformedPreambleException malformed(String what) {
            return new MalformedPreambleException(
                    "not the beginning of a QEMU stream: " + what + " (at byte " + input.position() + ")");
        }
    }
}
