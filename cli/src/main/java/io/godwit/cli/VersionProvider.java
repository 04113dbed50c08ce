package io.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: this build, the Kafka it was built with, and the Java it runs on. */
final class VersionProvider implements IVersionProvider {
    private static final String RESOURCE = "version.properties";
    private static final String GODWIT = "godwit";

    @Override
    public String[] getVersion() {
        Properties versions = versions();
        return new String[] {
            "godwit " + versions.getProperty(GODWIT) + " (Kafka " + versions.getProperty("kafka") + ", Java "
                    + Runtime.version() + ")"
        };
    }

    /** This build's version. */
    static String godwit() {
        return versions().getProperty(GODWIT);
    }

    private static Properties versions() {
        Properties versions = new Properties();
        try (InputStream resource = VersionProvider.class.getResourceAsStream(RESOURCE)) {
            versions.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " of this build cannot be read", e);
        }
        return versions;
    }
}
