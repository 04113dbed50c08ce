package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** Finds where a stream's header and configuration section end, and what they say. */
final class PreambleParser {
    private static final int HEADER_BYTES = 8;
    private static final int MAX_NAME_BYTES = 1024;
    private static final int MAX_CAPABILITIES = 1024;
    private static final int UUID_BYTES = 16;
    private static final int MIN_PAGE_BITS = 9;
    private static final int MAX_PAGE_BITS = 16;
    private static final int INCOMPLETE = -1;

    private ByteBuffer input;
    private int start;
    private int at;
    private int pageBits;
    private int machineEnd;
    private boolean namesCapabilities;

    /**
     * Parses from the buffer's position on, which does not move.
     *
     * @return bytes up to and without the section that follows; -1 if there are not enough to tell
     * @throws MalformedStreamException if it is no preamble
     */
    int parse(ByteBuffer source) throws MalformedStreamException {
        input = source;
        start = source.position();
        at = start;
        pageBits = 0;
        machineEnd = 0;
        namesCapabilities = false;
        if (!has(HEADER_BYTES + 1)) {
            return INCOMPLETE;
        }
        if (input.getInt(at) != StreamFormat.MAGIC || input.getInt(at + 4) != StreamFormat.VERSION) {
            throw new MalformedStreamException(String.format(
                    "no migration stream of QEMU's: it begins with 0x%08x, version %d",
                    input.getInt(at), input.getInt(at + 4)));
        }
        at += HEADER_BYTES;
        // Machine types before 2.4 send no configuration.
        return input.get(at) == StreamFormat.CONFIGURATION ? configuration() : at - start;
    }

    /** log2 of the page size, where the stream says it; else 0. */
    int pageBits() {
        return pageBits;
    }

    /** Where the machine's name ends, from the preamble's first byte; 0 where it has no configuration. */
    int machineEnd() {
        return machineEnd;
    }

    /** Whether it lists capabilities. */
    boolean namesCapabilities() {
        return namesCapabilities;
    }

    private int configuration() throws MalformedStreamException {
        if (!has(5)) {
            return INCOMPLETE;
        }
        int nameLength = input.getInt(at + 1);
        if (nameLength < 0 || nameLength > MAX_NAME_BYTES) {
            throw new MalformedStreamException("a machine type's name of " + nameLength + " bytes");
        }
        at += 5 + nameLength;
        machineEnd = at - start;
        while (has(1)) {
            if (input.get(at) != StreamFormat.SUBSECTION) {
                return at - start;
            }
            if (!subsection()) {
                return INCOMPLETE;
            }
        }
        return INCOMPLETE;
    }

    /** Returns false if there are not enough bytes. */
    private boolean subsection() throws MalformedStreamException {
        if (!has(2)) {
            return false;
        }
        int nameLength = input.get(at + 1) & 0xff;
        if (!has(2 + nameLength + Integer.BYTES)) {
            return false;
        }
        byte[] name = new byte[nameLength];
        input.get(at + 2, name);
        at += 2 + nameLength + Integer.BYTES;
        String subsection = new String(name, US_ASCII);
        return switch (subsection) {
            case "configuration/target-page-bits" -> targetPageBits();
            case "configuration/capabilities" -> capabilities();
            case "configuration/uuid" -> skip(UUID_BYTES);
            default ->
                throw new MalformedStreamException(
                        "a configuration with \"" + subsection + "\", of which it is not known how long it is");
        };
    }

    private boolean targetPageBits() throws MalformedStreamException {
        if (!has(Integer.BYTES)) {
            return false;
        }
        pageBits = input.getInt(at);
        if (pageBits < MIN_PAGE_BITS || pageBits > MAX_PAGE_BITS) {
            throw new MalformedStreamException("pages of 2^" + pageBits + " bytes");
        }
        return skip(Integer.BYTES);
    }

    private boolean capabilities() throws MalformedStreamException {
        namesCapabilities = true;
        if (!has(Integer.BYTES)) {
            return false;
        }
        int capabilities = input.getInt(at);
        if (capabilities < 0 || capabilities > MAX_CAPABILITIES) {
            throw new MalformedStreamException("a list of " + capabilities + " capabilities");
        }
        at += Integer.BYTES;
        for (int i = 0; i < capabilities; i++) {
            if (!has(1) || !skip(1 + (input.get(at) & 0xff))) {
                return false;
            }
        }
        return true;
    }

    private boolean skip(int bytes) {
        if (!has(bytes)) {
            return false;
        }
        at += bytes;
        return true;
    }

    private boolean has(int bytes) {
        return input.limit() - at >= bytes;
    }
}
