package io.godwit.qemu.stream;

/**
 * The numbers of QEMU's migration stream. All integers in it are big-endian.
 *
 * <p>Source: QEMU's {@code migration/savevm.c}, {@code ram.c}, {@code migration.h}.
 */
final class StreamFormat {
    /** "QEVM". */
    static final int MAGIC = 0x5145564d;

    static final int VERSION = 3;

    static final int SECTION_EOF = 0x00;
    static final int SECTION_START = 0x01;
    static final int SECTION_PART = 0x02;
    static final int SECTION_END = 0x03;
    static final int SECTION_FULL = 0x04;
    static final int SUBSECTION = 0x05;
    static final int VM_DESCRIPTION = 0x06;
    static final int CONFIGURATION = 0x07;
    static final int COMMAND = 0x08;
    static final int SECTION_FOOTER = 0x7e;

    static final int COMMAND_OPEN_RETURN_PATH = 1;
    static final int COMMAND_PING = 2;
    static final int COMMAND_POSTCOPY_ADVISE = 3;
    static final int COMMAND_PACKAGED = 7;

    static final String RAM = "ram";
    static final int RAM_VERSION = 4;

    static final int FLAG_ZERO = 0x02;
    static final int FLAG_MEM_SIZE = 0x04;
    static final int FLAG_PAGE = 0x08;
    static final int FLAG_EOS = 0x10;
    static final int FLAG_CONTINUE = 0x20;
    static final int FLAG_XBZRLE = 0x40;
    static final int FLAG_HOOK = 0x80;
    static final int FLAG_COMPRESS_PAGE = 0x100;
    static final int FLAG_MULTIFD_FLUSH = 0x200;

    /** Lowest bits of a record's first eight bytes, whatever the page size. */
    static final int FLAGS_MASK = 0x3ff;

    static final int RETURN_SHUT = 1;
    static final int RETURN_PONG = 2;
    static final int RETURN_SWITCHOVER_ACK = 7;

    private StreamFormat() {}
}
