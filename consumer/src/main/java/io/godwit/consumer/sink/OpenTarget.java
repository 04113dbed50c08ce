package io.godwit.consumer.sink;

import io.godwit.consumer.position.PageHashes;
import io.godwit.consumer.position.PositionFile;
import io.godwit.record.Manifest;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.util.Objects;

/**
 * A target that pages can be written to.
 *
 * @param positions how far each lane is
 * @param hashes of the pages as they stand in {@code sink}
 */
public record OpenTarget(Manifest manifest, Lanes lanes, PageSink sink, PositionFile positions, PageHashes hashes)
        implements AutoCloseable {
    public OpenTarget {
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(lanes, "lanes");
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(positions, "positions");
        Objects.requireNonNull(hashes, "hashes");
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }
}
