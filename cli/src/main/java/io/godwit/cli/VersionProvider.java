package io.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: this build, the Kafka it was built with, and the Java it runs on. */
final class VersionProvider implements IVersionProvider {
    private static final String RESOURCE = "version.properties";

    @Override
    public String[] getVersion() throws IOException {
        Properties versions = new Properties();
        try (InputStream resource = VersionProvider.class.getResourceAsStream(RESOURCE)) {
            versions.load(resource);
        }
        return new String[] {
            "godwit " + versions.getProperty("godwit") + " (Kafka " + versions.getProperty("kafka") + ", Java "
                    + Runtime.version() + ")"
        };
    }
}
