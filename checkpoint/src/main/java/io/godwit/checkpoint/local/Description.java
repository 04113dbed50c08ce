package io.godwit.checkpoint.local;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.godwit.checkpoint.local.CheckpointMemory.Part;
import io.godwit.record.CheckpointEntry;
import java.io.IOException;
import java.util.List;

/**
 * {@code checkpoint.json}: what a checkpoint is and where its memory lies. The index has a copy.
 *
 * @param version of this form
 * @param name what operators call it
 * @param checkpoint its id
 * @param pageSize bytes a page
 * @param source what it was made from
 * @param createdMillis milliseconds since the epoch
 * @param pages of the guest, zero pages among them
 * @param hashes different contents that the checkpoint has
 * @param gone how many of these are in no file any more
 * @param files as they were hashed last
 * @param parts where in the files the pages are
 */
record Description(
        int version,
        String name,
        String checkpoint,
        int pageSize,
        String source,
        long createdMillis,
        long pages,
        long hashes,
        long gone,
        List<FileStamp> files,
        List<Part> parts) {
    static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT);

    /** @throws IllegalArgumentException if a value is out of range */
    Description {
        if (version != VERSION) {
            throw new IllegalArgumentException("version " + version + " is not " + VERSION);
        }
        files = List.copyOf(files);
        parts = List.copyOf(parts);
        if (files.size() > IndexFormat.MAX_FILES) {
            throw new IllegalArgumentException(
                    files.size() + " files, at most " + IndexFormat.MAX_FILES + " are allowed");
        }
        for (Part part : parts) {
            checkPart(part, files.size(), pageSize);
        }
    }

    private static void checkPart(Part part, int files, int pageSize) {
        boolean isIn = part.file() >= 0
                && part.file() < files
                && part.position() >= 0
                && part.length() > 0
                && part.position() <= IndexFormat.MAX_POSITION
                && part.length() <= IndexFormat.MAX_POSITION - part.position();
        if (!isIn || pageSize <= 0 || part.length() % pageSize != 0) {
            throw new IllegalArgumentException("part " + part + " is out of range");
        }
    }

    /** What of it is the same on every host. */
    CheckpointEntry entry() {
        return new CheckpointEntry(name, checkpoint, pageSize, pages, hashes, source, createdMillis);
    }

    /** The same checkpoint under another name. */
    Description named(String newName) {
        return new Description(
                version, newName, checkpoint, pageSize, source, createdMillis, pages, hashes, gone, files, parts);
    }

    /** The same checkpoint, hashed again. */
    Description rehashed(List<FileStamp> newFiles, long newGone) {
        return new Description(
                version, name, checkpoint, pageSize, source, createdMillis, pages, hashes, newGone, newFiles, parts);
    }

    byte[] toJson() throws IOException {
        return JSON.writeValueAsBytes(this);
    }

    /** @throws IOException if this is no description */
    static Description parse(byte[] json) throws IOException {
        Description read = JSON.readValue(json, Description.class);
        if (read == null) {
            throw new IOException("it is empty");
        }
        try {
            read.entry();
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new IOException(e.getMessage(), e);
        }
        return read;
    }
}
