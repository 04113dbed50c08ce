package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.access.AccessTable;
import io.godwit.cli.access.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/secured-clusters.md} has an operator write is what works. */
@Timeout(120)
class SecuredDocumentationTest {
    private static final Path PAGE = Path.of("..", "docs", "secured-clusters.md");
    private static final String USER = "source";
    private static final Pattern PROPERTIES = Pattern.compile("```properties\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    static Path directory;

    private static SecuredCluster cluster;
    private static String page;

    @BeforeAll
    static void start() throws Exception {
        page = Files.readString(PAGE);
        cluster = SecuredCluster.start(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void theTableOfRightsIsThatOfTheRoles() {
        List<String> lines = page.lines().toList();
        int head = lines.indexOf(AccessTable.lines().get(0));

        assertThat(head).isNotNegative();
        assertThat(lines.subList(head, lines.size()).stream().takeWhile(line -> line.startsWith("|")))
                .containsExactlyElementsOf(AccessTable.lines());
    }

    @Test
    void theClientPropertiesLetTheirUserIn() throws Exception {
        Matcher properties = PROPERTIES.matcher(page);
        assertThat(properties.find()).isTrue();
        Files.writeString(directory.resolve("source.secret"), "password=" + SecuredCluster.password(USER) + "\n");
        Files.copy(cluster.certificate().authority(), directory.resolve("cluster-ca.pem"));
        Path config = Files.writeString(
                directory.resolve("source.properties"),
                properties.group(1).replace("/etc/godwit", directory.toString()));
        cluster.addUser(USER);
        cluster.allow(USER, Role.LIST.grants());

        Cluster.Command listed = Cluster.Command.run(
                "list",
                "--bootstrap-server",
                cluster.administered().bootstrapServers(),
                "--command-config",
                config.toString());

        assertThat(listed.status()).as(listed.err()).isZero();
    }
}
