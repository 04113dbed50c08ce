package io.godwit.cli.demo;

import io.godwit.producer.source.SyntheticGuest;
import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Compares a guest that stands still with what arrived, byte for byte: the proof that trusts no checksum. */
final class MemoryComparison {
    private static final int CHUNK_BYTES = 1 << 20;

    private MemoryComparison() {}

    /** Whether the RAM directory holds the guest's blocks with the guest's bytes. */
    static boolean isSame(SyntheticGuest guest, Path directory) throws IOException {
        Manifest manifest = guest.manifest();
        RamDirectory received = RamDirectory.open(directory);
        if (!received.manifest().equals(manifest)) {
            return false;
        }
        for (int block = 0; block < manifest.blocks().size(); block++) {
            if (!isSame(
                    guest, block, manifest.blocks().get(block), received.files().get(block))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(SyntheticGuest guest, int number, RamBlock block, Path file) throws IOException {
        byte[] sent = new byte[CHUNK_BYTES];
        byte[] arrived = new byte[CHUNK_BYTES];
        try (MappedBlock mapped = MappedBlock.openReadOnly(file, block.length())) {
            for (long position = 0; position < block.length(); position += CHUNK_BYTES) {
                int count = (int) Math.min(CHUNK_BYTES, block.length() - position);
                guest.read(number, position, sent, 0, count);
                mapped.read(position, arrived, 0, count);
                if (!Arrays.equals(sent, 0, count, arrived, 0, count)) {
                    return false;
                }
            }
        }
        return true;
    }
}
