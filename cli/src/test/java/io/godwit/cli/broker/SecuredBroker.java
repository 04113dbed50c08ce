package io.godwit.cli.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An embedded broker that takes none but TLS, lets in none but users of SASL/SCRAM, and does for them only what ACLs allow. */
public final class SecuredBroker {
    public static final String ADMIN = "admin";

    private static final String MECHANISM = "SCRAM-SHA-512";
    /** Of the settings of the one listener. */
    private static final String LISTENER = "listener.name." + BrokerSettings.CLIENT_LISTENER.toLowerCase(Locale.ROOT);

    private SecuredBroker() {}

    /**
     * Starts it.
     *
     * @param adminPassword of {@link #ADMIN}, who may do everything
     */
    public static EmbeddedBroker start(Path dataDir, TestCertificate certificate, String adminPassword)
            throws BrokerException {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                "listener.security.protocol.map",
                BrokerSettings.CLIENT_LISTENER + ":SASL_SSL," + BrokerSettings.CONTROLLER_LISTENER + ":PLAINTEXT");
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", certificate.keyStore().toString());
        settings.put("ssl.keystore.password", certificate.password());
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", certificate.authority().toString());
        settings.put("sasl.enabled.mechanisms", MECHANISM);
        settings.put("sasl.mechanism.inter.broker.protocol", MECHANISM);
        settings.put(LISTENER + ".scram-sha-512.sasl.jaas.config", login(ADMIN, adminPassword));
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("allow.everyone.if.no.acl.found", "false");
        // The controller's listener has no users; clients cannot come in by it, as they do not know its port.
        settings.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
        return EmbeddedBroker.start(
                new BrokerOptions(0, dataDir),
                settings,
                List.of(MECHANISM + "=[name=" + ADMIN + ",password=" + adminPassword + "]"));
    }

    /** The JAAS line of a user. */
    public static String login(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + password + "\";";
    }
}
