package io.godwit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what docs/cluster.md tells operators to do, word by word, in a new cluster of three secured nodes and at a real registry: the
 * page's shell blocks are run as one script. Only where things are is said by this test, in the place of the first block.
 */
@Timeout(600)
final class ClusterGuideTest {
    private static final Path PAGE = Path.of("..", "docs", "cluster.md");
    private static final Pattern SHELL_BLOCK =
            Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final int MEMORY_BYTES = 16 << 20;
    private static final int SCRIPT_SECONDS = 300;
    private static final Map<String, String> TOOLS = Map.of(
            "kafka-topics.sh", "org.apache.kafka.tools.TopicCommand",
            "kafka-acls.sh", "org.apache.kafka.tools.AclCommand",
            "kafka-configs.sh", "kafka.admin.ConfigCommand",
            "godwit", "io.godwit.cli.Godwit");

    @TempDir
    static Path temp;

    private static RegistryProcess registry;
    private static SecuredNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        registry = RegistryProcess.require(temp.resolve("registry.log"));
        nodes = SecuredNodes.start(temp.resolve("nodes"));
    }

    @AfterAll
    static void stop() {
        if (nodes != null) {
            nodes.close();
        }
        if (registry != null) {
            registry.close();
        }
    }

    @Test
    void theCommandsOfThePageMigrateAGuest() throws Exception {
        Path work = Files.createDirectories(temp.resolve("work"));
        Path memory = Files.createDirectories(work.resolve("srv/vm1")).resolve("pc.ram.ram");
        byte[] content = new byte[MEMORY_BYTES];
        new Random(1).nextBytes(content);
        Files.write(memory, content);
        Files.copy(nodes.adminProperties(), work.resolve("admin.properties"));
        Path tools = Files.createDirectories(work.resolve("tools"));
        for (Map.Entry<String, String> tool : TOOLS.entrySet()) {
            writeTool(tool.getKey().equals("godwit") ? work : tools, tool.getKey(), tool.getValue());
        }

        String said = run(work, script(work));

        assertThat(Files.readAllBytes(work.resolve("srv/vm1-copy/pc.ram.ram"))).isEqualTo(content);
        assertThat(said).contains("vm1").contains("completed");
        assertThat(Files.readString(work.resolve("topics.sh"))).contains("--replication-factor 3");
    }

    /** The blocks of the page, in directories of this test; ends once all that it started in the background has. */
    private static String script(Path work) throws IOException {
        List<String> blocks = SHELL_BLOCK
                .matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```sh\n".length(), block.length() - "```".length()))
                .toList();
        assertThat(blocks).hasSizeGreaterThan(5);
        assertThat(blocks.get(0)).contains("BROKERS=", "REGISTRY=", "AUTHORITY=");
        List<String> lines = new ArrayList<>();
        lines.add("set -euxo pipefail");
        lines.add("trap 'for job in $(jobs -p); do kill $job; wait $job || true; done' EXIT");
        lines.add("PATH=$PWD/tools:$PATH");
        lines.add("export BROKERS=" + nodes.bootstrapServers());
        lines.add("export REGISTRY=" + registry.url());
        lines.add("export AUTHORITY=" + nodes.authority());
        String rest = String.join("\n", blocks.subList(1, blocks.size()));
        lines.add(rest.replace("/srv/godwit/", work.resolve("srv") + "/")
                .replace("/var/lib/godwit/", work.resolve("state") + "/"));
        return String.join("\n", lines) + "\n";
    }

    private static String run(Path work, String script) throws IOException, InterruptedException {
        Path file = Files.writeString(work.resolve("page.sh"), script);
        Path log = work.resolve("page.log");
        Process shell = new ProcessBuilder("bash", file.toString())
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean hasEnded = shell.waitFor(SCRIPT_SECONDS, TimeUnit.SECONDS);
            String said = Files.readString(log);
            assertThat(hasEnded).as("the page's commands end: " + said).isTrue();
            assertThat(shell.exitValue()).as(said).isZero();
            return said;
        } finally {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
    }

    private static void writeTool(Path directory, String name, String main) throws IOException {
        String command = String.join("' '", SecuredNodes.java("512m", main));
        Path tool = Files.writeString(directory.resolve(name), "#!/bin/sh\nexec '" + command + "' \"$@\"\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
    }
}
