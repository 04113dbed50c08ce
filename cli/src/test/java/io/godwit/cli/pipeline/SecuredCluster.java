package io.godwit.cli.pipeline;

import static org.awaitility.Awaitility.await;

import io.godwit.cli.access.Grant;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.cli.broker.SecuredBroker;
import io.godwit.cli.broker.TestCertificate;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;

/** A cluster with TLS, users and ACLs, and its administrator, who has made the shared topics. */
public final class SecuredCluster implements AutoCloseable {
    private static final ScramCredentialInfo SCRAM = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
    private static final String KEY_PASSWORD = "xyzzy of the broker's key";

    private final Path directory;
    private final TestCertificate certificate;
    private final Cluster cluster;

    private SecuredCluster(Path directory, TestCertificate certificate, Cluster cluster) {
        this.directory = directory;
        this.certificate = certificate;
        this.cluster = cluster;
    }

    public static SecuredCluster start(Path directory) throws Exception {
        TestCertificate certificate = TestCertificate.make(directory, KEY_PASSWORD);
        EmbeddedBroker broker =
                SecuredBroker.start(directory.resolve("broker"), certificate, password(SecuredBroker.ADMIN));
        SecuredCluster secured = new SecuredCluster(
                directory, certificate, Cluster.of(directory, broker, properties(certificate, SecuredBroker.ADMIN)));
        try (Admin admin = secured.cluster.newAdmin()) {
            TopicSetup.ensureShared(admin, Replication.OF_BROKERS);
        }
        return secured;
    }

    /** The cluster as its administrator uses it. */
    public Cluster administered() {
        return cluster;
    }

    /** The password that a user has here. */
    static String password(String user) {
        return "the xyzzy of " + user;
    }

    /** The certificate that clients have to trust. */
    TestCertificate certificate() {
        return certificate;
    }

    /** Adds a user, who may do nothing yet. */
    public void addUser(String user) throws Exception {
        try (Admin admin = cluster.newAdmin()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, SCRAM, password(user))))
                    .all()
                    .get();
        }
        await().atMost(Background.PATIENCE).until(() -> isKnown(user));
    }

    private boolean isKnown(String user) throws Exception {
        try (Admin admin = clients(user).newAdmin()) {
            admin.describeCluster().nodes().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SaslAuthenticationException) {
                return false;
            }
            throw e;
        }
    }

    /** From now on, allows a user this and nothing else. */
    public void allow(String user, List<Grant> grants) throws Exception {
        String principal = "User:" + user;
        AclBindingFilter all = new AclBindingFilter(
                ResourcePatternFilter.ANY,
                new AccessControlEntryFilter(principal, null, AclOperation.ANY, AclPermissionType.ANY));
        List<AclBinding> bindings = grants.stream()
                .map(grant -> new AclBinding(
                        new ResourcePattern(grant.type(), grant.name(), grant.pattern()),
                        new AccessControlEntry(principal, "*", grant.operation(), AclPermissionType.ALLOW)))
                .toList();
        Set<AclBinding> wanted = new HashSet<>(bindings);
        try (Admin admin = cluster.newAdmin()) {
            List<AclBindingFilter> outdated = admin.describeAcls(all).values().get().stream()
                    .filter(binding -> !wanted.contains(binding))
                    .map(AclBinding::toFilter)
                    .toList();
            admin.createAcls(bindings).all().get();
            admin.deleteAcls(outdated).all().get();
            await().atMost(Background.PATIENCE)
                    .until(() -> new HashSet<>(admin.describeAcls(all).values().get()).equals(wanted));
        }
    }

    ClientSettings clients(String user) {
        return new ClientSettings(cluster.bootstrapServers(), properties(user));
    }

    /** What the command-config file of a user says. */
    Map<String, String> properties(String user) {
        return properties(certificate, user);
    }

    /** A command-config file. */
    Path commandConfig(String name, Map<String, String> settings) throws IOException {
        Path file = directory.resolve(name + ".properties");
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file;
    }

    /** Runs a command in this JVM as a user. */
    public Cluster.Command run(String user, String... arguments) throws IOException {
        return Cluster.Command.run(as(user, arguments));
    }

    /** The arguments of a command that a user runs. */
    String[] as(String user, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", cluster.bootstrapServers()));
        all.addAll(List.of(
                "--command-config", commandConfig(user, properties(user)).toString()));
        return all.toArray(String[]::new);
    }

    @Override
    public void close() {
        cluster.close();
    }

    private static Map<String, String> properties(TestCertificate certificate, String user) {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                certificate.authority().toString(),
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                SecuredBroker.login(user, password(user)));
    }
}
