package io.godwit.qemu.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A stream that a QEMU 10.0.2 sent, with the pages' bytes replaced by the SHA-256 of {@code block:offset} over and over, and
 * what another parser found in it.
 */
record RecordedStream(String name, byte[] bytes, JsonNode expected) {
    static final List<String> NAMES = List.of("pc", "microvm", "pc-without-description", "pc-2.4", "isapc");

    static RecordedStream of(String name) {
        try (InputStream stream = RecordedStream.class.getResourceAsStream(name + ".stream.gz");
                InputStream json = RecordedStream.class.getResourceAsStream(name + ".json")) {
            return new RecordedStream(
                    name, new GZIPInputStream(stream).readAllBytes(), new ObjectMapper().readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
