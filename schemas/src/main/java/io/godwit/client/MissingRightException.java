package io.godwit.client;

import java.util.Locale;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.ResourceType;

/** The cluster does not let this client do what it has to. The message names the right: {@code it needs READ on topic t}. */
public final class MissingRightException extends AuthorizationException {
    private static final long serialVersionUID = 1L;

    /** @param name of the resource */
    public MissingRightException(AclOperation operation, ResourceType type, String name) {
        super(message(operation, type, name));
    }

    /** As above, as Kafka has said it. */
    public MissingRightException(AclOperation operation, ResourceType type, String name, Throwable cause) {
        super(message(operation, type, name), cause);
    }

    /** Of a topic that an administrator may have forgotten to create: this client cannot do so itself. */
    static MissingRightException toCreate(String topic, Throwable cause) {
        return new MissingRightException(
                "there is no topic " + topic + ", and to create it, "
                        + message(AclOperation.CREATE, ResourceType.TOPIC, topic),
                cause);
    }

    /** What it is where {@code failure} is for want of a right, else {@code failure}. */
    public static KafkaException explain(KafkaException failure, AclOperation operation, String topic) {
        boolean isUnexplained =
                failure instanceof AuthorizationException && !(failure instanceof MissingRightException);
        return isUnexplained ? new MissingRightException(operation, ResourceType.TOPIC, topic, failure) : failure;
    }

    private MissingRightException(String message, Throwable cause) {
        super(message, cause);
    }

    private static String message(AclOperation operation, ResourceType type, String name) {
        return "it needs " + operation + " on " + type.name().toLowerCase(Locale.ROOT) + " " + name;
    }
}
