package io.godwit.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * What the client properties say of a registry: credentials and TLS, spelled as Confluent's clients and Kafka's spell them. A
 * name with {@value #PREFIX} in front is of the registry alone, and wins over the same name without. Variables of
 * {@code config.providers} are put in, as in every client.
 */
final class RegistryConfig extends AbstractConfig {
    static final String PREFIX = "schema.registry.";

    private static final String BASIC_SOURCE = "basic.auth.credentials.source";
    private static final String BASIC_SOURCE_DOC =
            "Where user and password are: URL, USER_INFO, or SASL_INHERIT for those of sasl.jaas.config. Default:"
                    + " USER_INFO where that is given, else URL.";
    private static final String BASIC_USER_INFO = "basic.auth.user.info";
    private static final String BASIC_USER_INFO_DOC = "user:password, for credentials of USER_INFO.";
    private static final String BEARER_SOURCE = "bearer.auth.credentials.source";
    private static final String BEARER_SOURCE_DOC = "Where the token is: STATIC_TOKEN, which is the default.";
    private static final String BEARER_TOKEN = "bearer.auth.token";
    private static final String BEARER_TOKEN_DOC = "The token, for credentials of STATIC_TOKEN.";

    private static final String URL = "URL";
    private static final String USER_INFO = "USER_INFO";
    private static final String SASL_INHERIT = "SASL_INHERIT";
    private static final String STATIC_TOKEN = "STATIC_TOKEN";

    private final Optional<String> userInfo;
    private final Optional<String> token;

    private RegistryConfig(Map<String, String> settings) {
        super(configDef(), settings, false);
        checkSource(BASIC_SOURCE, List.of(URL, USER_INFO, SASL_INHERIT));
        checkSource(BEARER_SOURCE, List.of(STATIC_TOKEN));
        userInfo = readUserInfo();
        token = readToken();
        if (userInfo.isPresent() && token.isPresent()) {
            throw new RegistryException("credentials of basic.auth.* and " + BEARER_TOKEN
                    + " are both set, and a request can have one alone; remove one from --command-config");
        }
    }

    private static ConfigDef configDef() {
        return new ConfigDef()
                .define(BASIC_SOURCE, ConfigDef.Type.STRING, null, Importance.MEDIUM, BASIC_SOURCE_DOC)
                .define(BASIC_USER_INFO, ConfigDef.Type.PASSWORD, null, Importance.MEDIUM, BASIC_USER_INFO_DOC)
                .define(BEARER_SOURCE, ConfigDef.Type.STRING, null, Importance.MEDIUM, BEARER_SOURCE_DOC)
                .define(BEARER_TOKEN, ConfigDef.Type.PASSWORD, null, Importance.MEDIUM, BEARER_TOKEN_DOC)
                .withClientSslSupport()
                .withClientSaslSupport();
    }

    /**
     * Picks what is a registry's out of the client properties.
     *
     * @throws RegistryException if credentials are incomplete, of two kinds, or of a kind that is not known
     */
    static RegistryConfig of(Map<String, String> properties) {
        Map<String, String> settings = new HashMap<>(properties);
        properties.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                settings.put(name.substring(PREFIX.length()), value);
            }
        });
        try {
            return new RegistryConfig(settings);
        } catch (RegistryException e) {
            throw e;
        } catch (KafkaException e) {
            throw new RegistryException(
                    "settings for the schema registry cannot be used (" + e.getMessage() + "); check --command-config",
                    e);
        }
    }

    private void checkSource(String name, List<String> supported) {
        String source = getString(name);
        if (source != null && !supported.contains(source)) {
            throw new RegistryException(
                    name + " in --command-config is none that is supported; use " + String.join(" or ", supported));
        }
    }

    private Optional<String> readUserInfo() {
        String source = getString(BASIC_SOURCE);
        if (URL.equals(source)) {
            return Optional.empty();
        }
        if (SASL_INHERIT.equals(source)) {
            return Optional.of(ofSasl());
        }
        return secret(BASIC_USER_INFO, BASIC_SOURCE);
    }

    private Optional<String> readToken() {
        return secret(BEARER_TOKEN, BEARER_SOURCE);
    }

    /** A setting that has to be there where its source is named. */
    private Optional<String> secret(String name, String source) {
        Password secret = getPassword(name);
        if (secret == null && getString(source) != null) {
            throw new RegistryException(
                    source + " is " + getString(source) + ", and there is no " + name + "; set it in --command-config");
        }
        return Optional.ofNullable(secret).map(Password::value);
    }

    private String ofSasl() {
        RegistryException incomplete = new RegistryException(BASIC_SOURCE + " is " + SASL_INHERIT + ", and "
                + SaslConfigs.SASL_JAAS_CONFIG + " in --command-config has no username and password");
        if (getPassword(SaslConfigs.SASL_JAAS_CONFIG) == null) {
            throw incomplete;
        }
        Map<String, ?> login;
        try {
            login = JaasContext.loadClientContext(values())
                    .configurationEntries()
                    .get(0)
                    .getOptions();
        } catch (KafkaException | IllegalArgumentException e) {
            // Not kept as a cause: it may quote the login.
            throw incomplete;
        }
        Object user = login.get("username");
        Object password = login.get("password");
        if (user == null || password == null) {
            throw incomplete;
        }
        return user + ":" + password;
    }

    /** User and password that every URL is sent, as {@code user:password}; empty where URLs carry their own. */
    Optional<String> userInfo() {
        return userInfo;
    }

    Optional<String> token() {
        return token;
    }

    /**
     * TLS as the settings have it: {@code ssl.truststore.*}, {@code ssl.keystore.*} and the rest, read by the code that reads
     * them for Kafka's connections, so that what works there works here.
     *
     * @throws RegistryException if a file or a password does not fit
     */
    SSLContext tls() {
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(new HashMap<>(values()));
            return factory.sslContext();
        } catch (KafkaException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new RegistryException(
                    "TLS settings for the schema registry cannot be used (" + root.getMessage()
                            + "); check ssl.truststore.* and ssl.keystore.* in --command-config",
                    e);
        }
    }
}
