package io.godwit.client;

import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;

/** Says in words for an operator why a secured cluster turns a client away. */
public final class ClusterRefusal {
    private static final String LOGIN =
            "check the user that --command-config logs in as, and what it is allowed to do (godwit acls)";

    private ClusterRefusal() {}

    /** As {@link #reason(Throwable, String)}, of a client without a group. */
    public static Optional<String> reason(Throwable failure) {
        return reason(failure, "");
    }

    /**
     * Explains {@code failure}, or what is behind it.
     *
     * @param group that the client is a member of, where Kafka does not name it; empty for none
     * @return the end of a sentence that begins with the cluster, in one line: {@code refuses this client: it needs …}; empty
     *     if it is about something else
     */
    public static Optional<String> reason(Throwable failure, String group) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SslAuthenticationException) {
                return Optional.of("cannot be talked to over TLS (" + root(cause)
                        + "); check the ssl. settings of --command-config");
            }
            if (cause instanceof AuthenticationException) {
                return Optional.of("does not let this client in (" + root(cause)
                        + "); check user, password and sasl.mechanism of --command-config");
            }
            if (cause instanceof AuthorizationException refused) {
                return Optional.of("refuses this client: " + missing(refused, group) + "; " + LOGIN);
            }
        }
        return Optional.empty();
    }

    private static String missing(AuthorizationException refused, String group) {
        if (refused instanceof MissingRightException) {
            return refused.getMessage();
        }
        if (refused instanceof GroupAuthorizationException told) {
            String name = told.groupId() == null ? group : told.groupId();
            return new MissingRightException(AclOperation.READ, ResourceType.GROUP, name).getMessage();
        }
        if (refused instanceof TopicAuthorizationException topics
                && !topics.unauthorizedTopics().isEmpty()) {
            return "it lacks a right on topic " + String.join(", ", topics.unauthorizedTopics());
        }
        if (refused instanceof TransactionalIdAuthorizationException) {
            return "it needs WRITE on its transactional id";
        }
        if (refused instanceof ClusterAuthorizationException) {
            return "it needs WRITE on the topic that it writes";
        }
        return oneLine(refused);
    }

    /** What is behind a failure says more than that a handshake failed. */
    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause().getMessage() != null) {
            root = root.getCause();
        }
        return oneLine(root);
    }

    private static String oneLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
