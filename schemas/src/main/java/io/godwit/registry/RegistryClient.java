package io.godwit.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.record.SchemaRegistry;
import io.godwit.registry.RegistryHttp.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry with Confluent's REST interface: Confluent's own, Apicurio's, Karapace. Any thread may call it.
 *
 * <p>A schema is looked up first, and registered only where it is missing and that is allowed: where it is there, the right to
 * read is enough. Before it is registered, its subject is made to refuse versions that readers of this one could not read
 * ({@value #BACKWARD_TRANSITIVE}): streams are retained, and are read by whatever version of Godwit runs then.
 */
public final class RegistryClient implements SchemaRegistry {
    static final String BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE";

    private static final Logger LOG = LoggerFactory.getLogger(RegistryClient.class);
    /** Levels that keep the newest version able to read all before it. */
    private static final Set<String> SAFE = Set.of(BACKWARD_TRANSITIVE, "FULL_TRANSITIVE");

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);
    /** A follower of the registry's cluster may learn of a number later than the leader that gave it. */
    private static final Duration APPEARANCE = Duration.ofSeconds(2);
    /** How long a number that is not known is not asked for again: garbage must not cost a request a record. */
    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(60);

    private static final int MAX_UNKNOWN = 1024;
    private static final long LOOK_MILLIS = 200;

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private record Named(String subject, String schema) {}

    private final RegistryHttp http;
    private final boolean registers;
    private final Map<Named, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, String> schemas = new ConcurrentHashMap<>();
    /** Until when, by {@link System#nanoTime}, a number counts as unknown. */
    private final Map<Integer, Long> unknown = new ConcurrentHashMap<>();

    /**
     * Asks nothing yet.
     *
     * @param urls separated by commas, tried in turn; may carry {@code user:password@}
     * @param properties of the Kafka clients, among them those of the registry
     * @param registers whether schemas that are missing are registered
     * @throws IllegalArgumentException if a URL is none
     * @throws RegistryException if the properties do not fit
     */
    public RegistryClient(String urls, Map<String, String> properties, boolean registers) {
        this(urls, properties, registers, PATIENCE, REQUEST_LIMIT);
    }

    /** @param patience how long none of the URLs may answer; {@code requestLimit} is for one */
    RegistryClient(
            String urls, Map<String, String> properties, boolean registers, Duration patience, Duration requestLimit) {
        http = new RegistryHttp(RegistryUrl.parseAll(urls), RegistryConfig.of(properties), patience, requestLimit);
        this.registers = registers;
    }

    @Override
    public String name() {
        return http.name();
    }

    /**
     * As described there.
     *
     * @throws RegistryException if the registry does not answer or refuses, or does not know the schema and may not be told
     */
    @Override
    public int id(String subject, String schema) {
        Named named = new Named(subject, schema);
        Integer known = ids.get(named);
        if (known != null) {
            return known;
        }
        Optional<Integer> found = lookUp(subject, schema);
        if (found.isPresent()) {
            keepSafe(subject);
        } else if (!registers) {
            throw unregistered(subject);
        }
        int id = found.isPresent() ? found.get() : register(subject, schema);
        schemas.put(id, schema);
        ids.put(named, id);
        return id;
    }

    /**
     * As described there.
     *
     * @throws RegistryException if the registry does not answer or refuses
     */
    @Override
    public Optional<String> schema(int id) {
        String known = schemas.get(id);
        if (known != null) {
            return Optional.of(known);
        }
        Long unknownUntil = unknown.get(id);
        if (unknownUntil != null && System.nanoTime() - unknownUntil < 0) {
            return Optional.empty();
        }
        Optional<String> found = awaitSchema(id);
        if (found.isPresent()) {
            schemas.put(id, found.get());
        } else {
            if (unknown.size() >= MAX_UNKNOWN) {
                unknown.clear();
            }
            unknown.put(id, System.nanoTime() + UNKNOWN_FOR.toNanos());
        }
        return found;
    }

    private Optional<String> awaitSchema(int id) {
        long deadline = System.nanoTime() + APPEARANCE.toNanos();
        while (true) {
            Answer answer = http.get("/schemas/ids/" + Integer.toUnsignedString(id));
            if (answer.isOk()) {
                return Optional.of(avro(answer, id));
            }
            if (answer.status() != NOT_FOUND) {
                throw refused(answer, "tell schema " + id);
            }
            if (System.nanoTime() - deadline >= 0) {
                return Optional.empty();
            }
            pause();
        }
    }

    private static String avro(Answer answer, int id) {
        JsonNode schema = answer.body().path("schema");
        if (!schema.isTextual()) {
            throw new RegistryException("the schema registry " + answer.url() + " answers without a schema for id " + id
                    + "; check that --schema-registry is the registry's address");
        }
        return schema.textValue();
    }

    private Optional<Integer> lookUp(String subject, String schema) {
        Answer answer = http.post(path("/subjects/", subject), Map.of("schema", schema));
        if (answer.status() == NOT_FOUND) {
            return Optional.empty();
        }
        return Optional.of(number(answer, "look the schema of " + subject + " up"));
    }

    private int register(String subject, String schema) {
        boolean safe = makeSafe(subject);
        Answer answer = http.post(path("/subjects/", subject) + "/versions", Map.of("schema", schema));
        if (answer.status() == CONFLICT) {
            throw new RegistryException("the schema registry " + answer.url() + " refuses the schema of " + subject
                    + ", as it does not go with versions that are registered there (" + answer.message()
                    + "); is this an older Godwit, or did something else register the subject?");
        }
        int id = number(answer, "register the schema of " + subject);
        if (!safe && !makeSafe(subject)) {
            throw new RegistryException("the schema registry " + answer.url() + " has no subject " + subject
                    + " right after its first schema was registered; try again");
        }
        return id;
    }

    private static int number(Answer answer, String what) {
        if (!answer.isOk()) {
            throw refused(answer, what);
        }
        JsonNode id = answer.body().path("id");
        if (!id.isInt()) {
            throw new RegistryException("the schema registry " + answer.url() + " answers without an id when it is to "
                    + what + "; check that --schema-registry is the registry's address");
        }
        return id.intValue();
    }

    /** Returns whether the subject is safe now; one that has no schema yet may not be there to be made so. */
    private boolean makeSafe(String subject) {
        if (level(subject).filter(SAFE::contains).isPresent()) {
            return true;
        }
        Answer answer = http.put(path("/config/", subject), Map.of("compatibility", BACKWARD_TRANSITIVE));
        if (answer.status() == NOT_FOUND) {
            return false;
        }
        // Roles that start at the same time set the same: Apicurio lets one of them, and tells the others that it is
        // set.
        if (answer.status() == CONFLICT && level(subject).filter(SAFE::contains).isPresent()) {
            return true;
        }
        if (!answer.isOk()) {
            throw new RegistryException(
                    "the schema registry " + answer.url() + " does not let us set the compatibility of "
                            + subject + " (" + answer.message() + "); have its administrator set " + BACKWARD_TRANSITIVE
                            + " there, or register the schemas beforehand and run with --no-auto-register");
        }
        return true;
    }

    /** The level that counts for a subject, its own or the registry's; empty where neither is set. */
    private Optional<String> level(String subject) {
        Answer answer = http.get(path("/config/", subject) + "?defaultToGlobal=true");
        if (answer.status() == NOT_FOUND) {
            return Optional.empty();
        }
        if (!answer.isOk()) {
            throw refused(answer, "tell the compatibility of " + subject);
        }
        return Optional.ofNullable(answer.body().path("compatibilityLevel").textValue());
    }

    /** Of a schema that is there: who registered it may answer for it, and may not let others ask or set. That is no reason to fail. */
    private void keepSafe(String subject) {
        try {
            boolean safe = registers
                    ? makeSafe(subject)
                    : level(subject).filter(SAFE::contains).isPresent();
            if (!safe) {
                LOG.warn(
                        "subject {} of the schema registry {} is not {}: set that, so that streams that are retained stay"
                                + " readable",
                        subject,
                        name(),
                        BACKWARD_TRANSITIVE);
            }
        } catch (RegistryException e) {
            LOG.warn("the compatibility of subject {} is not known: {}", subject, e.getMessage());
        }
    }

    private RegistryException unregistered(String subject) {
        return new RegistryException("the schema registry " + name() + " does not know this version of " + subject
                + ", and --no-auto-register forbids to register it; have it registered under that subject (the schemas are"
                + " in the jar, in io/godwit/avro)");
    }

    private static RegistryException refused(Answer answer, String what) {
        String advice = answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN
                ? "check basic.auth.* or bearer.auth.* in --command-config, and what the registry lets that user do"
                : "check that --schema-registry is the registry's address";
        return new RegistryException(
                "the schema registry " + answer.url() + " does not " + what + " (" + answer.message() + "); " + advice);
    }

    private static String path(String collection, String subject) {
        return collection + URLEncoder.encode(subject, StandardCharsets.UTF_8);
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
