package io.godwit.conformance;

import static org.awaitility.Awaitility.await;

import io.godwit.client.ClientSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/**
 * A cluster as operators have one: nodes that are broker and controller, a process each, with TLS between all, users of
 * SASL/SCRAM, and ACLs. Its administrator is let in with {@link #adminProperties}.
 */
final class SecuredNodes implements AutoCloseable {
    private static final int NODES = 3;
    private static final Duration START = Duration.ofMinutes(2);
    private static final int ANSWER_MILLIS = 5000;
    private static final String PASSWORD = "of-the-nodes-keys";
    private static final String MECHANISM = "SCRAM-SHA-512";
    private static final String LOGIN =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"admin\" password=\"of-admin\";";

    private final Path directory;
    private final List<Integer> clientPorts = freePorts();
    private final List<Integer> controllerPorts = freePorts();
    private final List<Process> processes = new ArrayList<>();

    private SecuredNodes(Path directory) {
        this.directory = directory;
    }

    /** Starts it, and waits until all brokers are there. */
    static SecuredNodes start(Path directory) throws Exception {
        SecuredNodes nodes = new SecuredNodes(Files.createDirectories(directory));
        try {
            nodes.makeCertificate();
            Files.writeString(nodes.adminProperties(), nodes.clientSettings());
            for (int node = 1; node <= NODES; node++) {
                nodes.start(node);
            }
            await("three brokers, which log to " + directory).atMost(START).until(nodes::areThere);
            return nodes;
        } catch (Exception | AssertionError e) {
            nodes.close();
            throw e;
        }
    }

    String bootstrapServers() {
        return clientPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** Settings of the administrator's clients. */
    Path adminProperties() {
        return directory.resolve("admin.properties");
    }

    /** The certificate to trust, in PEM. */
    Path authority() {
        return directory.resolve("authority.pem");
    }

    /** Runs a Java program of Kafka's, or ours, with the class path of this test. */
    static List<String> java(String heap, String main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                main);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }

    private void start(int node) throws Exception {
        Path settings = Files.writeString(directory.resolve("node-" + node + ".properties"), nodeSettings(node));
        run(
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                "5L6g3nShT-eMCtK--X86sw",
                "--config",
                settings.toString(),
                "--add-scram",
                MECHANISM + "=[name=admin,password=of-admin]");
        List<String> command = new ArrayList<>(java("512m", "kafka.Kafka"));
        command.add(settings.toString());
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("node-" + node + ".log").toFile())
                .start());
    }

    private String nodeSettings(int node) {
        String voters = IntStream.range(0, NODES)
                .mapToObj(index -> (index + 1) + "@127.0.0.1:" + controllerPorts.get(index))
                .collect(Collectors.joining(","));
        return String.join(
                "\n",
                "node.id=" + node,
                "process.roles=broker,controller",
                "controller.quorum.voters=" + voters,
                "controller.listener.names=CONTROLLER",
                "inter.broker.listener.name=CLIENT",
                "listeners=CLIENT://127.0.0.1:" + clientPorts.get(node - 1) + ",CONTROLLER://127.0.0.1:"
                        + controllerPorts.get(node - 1),
                "listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:SSL",
                "ssl.keystore.type=PKCS12",
                "ssl.keystore.location=" + keyStore(),
                "ssl.keystore.password=" + PASSWORD,
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + authority(),
                "listener.name.controller.ssl.client.auth=required",
                "sasl.enabled.mechanisms=" + MECHANISM,
                "sasl.mechanism.inter.broker.protocol=" + MECHANISM,
                "listener.name.client.scram-sha-512.sasl.jaas.config=" + LOGIN,
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users=User:admin;User:CN=127.0.0.1",
                "auto.create.topics.enable=false",
                "log.dirs=" + directory.resolve("node-" + node),
                "");
    }

    private String clientSettings() {
        return String.join(
                "\n",
                "security.protocol=SASL_SSL",
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + authority(),
                "sasl.mechanism=" + MECHANISM,
                "sasl.jaas.config=" + LOGIN,
                "");
    }

    private boolean areThere() throws IOException, InterruptedException {
        if (processes.stream().anyMatch(process -> !process.isAlive())) {
            throw new IllegalStateException("a node has ended; it logged to " + directory);
        }
        try (Admin admin =
                ClientSettings.load(bootstrapServers(), adminProperties()).newAdmin()) {
            return admin.describeCluster(new DescribeClusterOptions().timeoutMs(ANSWER_MILLIS))
                            .nodes()
                            .get()
                            .size()
                    == NODES;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private Path keyStore() {
        return directory.resolve("nodes.p12");
    }

    private void makeCertificate() throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> store = List.of(
                "-alias", "node", "-keystore", keyStore().toString(), "-storetype", "PKCS12", "-storepass", PASSWORD);
        List<String> generate = new ArrayList<>(List.of(keytool, "-genkeypair", "-keyalg", "EC", "-validity", "2"));
        generate.addAll(List.of("-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-ext", "bc:critical=ca:true"));
        generate.addAll(store);
        run(generate);
        List<String> export = new ArrayList<>(
                List.of(keytool, "-exportcert", "-rfc", "-file", authority().toString()));
        export.addAll(store);
        run(export);
    }

    private void run(String main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java("128m", main));
        command.addAll(List.of(arguments));
        run(command);
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Path log = directory.resolve("tools.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + Files.readString(log));
        }
    }

    private static List<Integer> freePorts() {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("no port is free", e);
        }
        return sockets.stream().map(ServerSocket::getLocalPort).toList();
    }
}
