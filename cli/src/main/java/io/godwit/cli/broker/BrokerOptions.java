package io.godwit.cli.broker;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where an embedded broker listens and keeps its data.
 *
 * @param port 1 to 65535 on 127.0.0.1, or 0 for any free one
 * @param dataDir made where it is missing; its parent must exist or be creatable
 */
public record BrokerOptions(int port, Path dataDir) {
    public static final int DEFAULT_PORT = 9092;

    public BrokerOptions {
        Objects.requireNonNull(dataDir, "dataDir");
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not in 0..65535");
        }
    }
}
