package io.godwit.cli.simulation;

import io.godwit.hash.PageDigest;
import io.godwit.record.CheckpointChunk;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** A checkpoint that the transformer may know, and of which the target's host has most pages undamaged. */
final class SimulatedCheckpoint {
    static final String ID = "c0".repeat(PageDigest.BYTES);

    /** By digest: every page. */
    private final SortedMap<String, byte[]> pages = new TreeMap<>();
    /** By digest: those that the target's host can read. */
    private final SortedMap<String, byte[]> readable = new TreeMap<>();

    SimulatedCheckpoint(List<byte[]> contents, Random random) {
        for (byte[] page : contents) {
            byte[] digest = new byte[PageDigest.BYTES];
            new PageDigest().digest(page, 0, page.length, digest, 0);
            pages.put(HexFormat.of().formatHex(digest), page);
        }
        pages.forEach((digest, page) -> {
            if (random.nextInt(4) > 0) {
                readable.put(digest, page);
            }
        });
    }

    /** What is published of it. */
    CheckpointChunk chunk() {
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        pages.keySet().forEach(digest -> hashes.writeBytes(HexFormat.of().parseHex(digest)));
        return new CheckpointChunk(ID, Guest.PAGE_SIZE, 0, 1, hashes.toByteArray());
    }

    /** One of its pages. */
    byte[] page(Random random) {
        return new ArrayList<>(pages.values()).get(random.nextInt(pages.size()));
    }

    /** As {@link io.godwit.checkpoint.local.KnownPages#read}, on the target's host. */
    boolean read(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize) {
        byte[] page = readable.get(HexFormat.of().formatHex(digest, digestOffset, digestOffset + PageDigest.BYTES));
        if (page != null) {
            System.arraycopy(page, 0, output, outputOffset, pageSize);
        }
        return page != null;
    }
}
