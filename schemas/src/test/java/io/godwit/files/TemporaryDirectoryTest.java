package io.godwit.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class TemporaryDirectoryTest {
    @Test
    void itIsForItsOwnerAloneAndGoneWithAllThatIsInIt() throws Exception {
        Path path;
        try (TemporaryDirectory directory = TemporaryDirectory.create("godwit-test-")) {
            path = directory.path();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
            Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("file"), "x");
        }

        assertThat(path).doesNotExist();
    }

    @Test
    void whatIsGoneAlreadyDoesNotMatter() throws Exception {
        TemporaryDirectory directory = TemporaryDirectory.create("godwit-test-");

        directory.close();
        directory.close();

        assertThat(directory.path()).doesNotExist();
    }
}
