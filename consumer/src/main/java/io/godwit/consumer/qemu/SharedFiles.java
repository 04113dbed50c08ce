package io.godwit.consumer.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.qemu.qmp.QmpClient;
import io.godwit.qemu.qmp.QmpException;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the memory of a QEMU that lies in shared files: its objects of type {@code memory-backend-file} with {@code share=on}.
 *
 * <p>QEMU leaves out of its stream either none of its shared blocks or all of them, so all have to be writable here, or none is
 * used.
 */
final class SharedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SharedFiles.class);

    private static final String OBJECTS = "/objects";
    private static final String BACKEND = "child<memory-backend-";
    private static final String FILE_BACKEND = BACKEND + "file>";
    private static final String MEMORY_REGION = "child<memory-region>";
    /** Its files can be mapped, and not written by calls. */
    private static final String HUGETLBFS = "hugetlbfs";

    private final QmpClient qmp;
    private final Manifest manifest;
    private final DestinationBlocks blocks;

    SharedFiles(QmpClient qmp, Manifest manifest, DestinationBlocks blocks) {
        this.qmp = qmp;
        this.manifest = manifest;
        this.blocks = blocks;
    }

    /** The guest's blocks that can be written in place; empty where all have to be forwarded. */
    List<SharedFile> find() throws IOException {
        List<SharedFile> found = new ArrayList<>();
        try {
            Map<String, Long> lengths = new HashMap<>();
            for (RamBlock block : manifest.blocks()) {
                lengths.put(block.id(), block.length());
            }
            for (JsonNode object : list(OBJECTS)) {
                String type = object.path("type").asText();
                String path = OBJECTS + "/" + object.path("name").asText();
                if (!type.startsWith(BACKEND) || !get(path, "share").asBoolean()) {
                    continue;
                }
                Long length = lengths.get(blockId(path, object.path("name").asText()));
                if (length == null) {
                    continue;
                }
                if (!type.equals(FILE_BACKEND)) {
                    return forwardAll(path + " is shared memory without a file");
                }
                String reason = unusable(path, length);
                if (reason != null) {
                    return forwardAll(reason);
                }
                found.add(new SharedFile(blockId(path, object.path("name").asText()), file(path), guestAddress(path)));
            }
        } catch (QmpException e) {
            return forwardAll(e.getMessage());
        }
        return found;
    }

    private static List<SharedFile> forwardAll(String reason) {
        LOG.info("All of the guest's memory is forwarded through QEMU's stream: {}", reason);
        return List.of();
    }

    private String blockId(String path, String name) throws IOException {
        return get(path, "x-use-canonical-path-for-ramblock-id").asBoolean() ? path : name;
    }

    private Path file(String path) throws IOException {
        return Path.of(get(path, "mem-path").asText());
    }

    /** Why a block's file cannot be written here; null where it can. */
    private String unusable(String path, long length) throws IOException {
        String id = blockId(path, path.substring(OBJECTS.length() + 1));
        Path file = file(path);
        if (offset(path) != 0) {
            return id + " does not lie at the beginning of " + file;
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file) || !Files.isWritable(file)) {
            return file + ", the memory of " + id + ", is no file that can be written here";
        }
        if (Files.size(file) < length) {
            return file + " has " + Files.size(file) + " bytes, fewer than the " + length + " of " + id;
        }
        if (!blocks.hasBasePages(id) || Files.getFileStore(file).type().equals(HUGETLBFS)) {
            return file + ", the memory of " + id + ", lies in huge pages";
        }
        return null;
    }

    /** QEMU before 8.1 has no such property, and takes every file from its beginning. */
    private long offset(String path) throws IOException {
        for (JsonNode property : list(path)) {
            if (property.path("name").asText().equals("offset")) {
                return get(path, "offset").asLong();
            }
        }
        return 0;
    }

    private long guestAddress(String path) throws IOException {
        for (JsonNode property : list(path)) {
            if (property.path("type").asText().equals(MEMORY_REGION)) {
                return get(path + "/" + property.path("name").asText(), "addr").asLong();
            }
        }
        throw new IOException(path + " of the destination's QEMU has no memory region");
    }

    private JsonNode list(String path) throws IOException {
        return qmp.execute("qom-list", Map.of("path", path));
    }

    private JsonNode get(String path, String property) throws IOException {
        return qmp.execute("qom-get", Map.of("path", path, "property", property));
    }
}
