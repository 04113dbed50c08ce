package io.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterRefusalTest {
    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        new MissingRightException(AclOperation.READ, ResourceType.TOPIC, "t"),
                        "it needs READ on topic t"),
                Arguments.of(
                        MissingRightException.toCreate("t", null),
                        "there is no topic t, and to create it, it needs" + " CREATE on topic t"),
                Arguments.of(GroupAuthorizationException.forGroupId("g"), "it needs READ on group g"),
                Arguments.of(new GroupAuthorizationException("no"), "it needs READ on group own"),
                Arguments.of(new TopicAuthorizationException(Set.of("t")), "it lacks a right on topic t"),
                Arguments.of(new TransactionalIdAuthorizationException("no"), "it needs WRITE on its transactional id"),
                Arguments.of(new ClusterAuthorizationException("no"), "it needs WRITE on the topic that it writes"),
                Arguments.of(new AuthorizationException("not\nyou"), "not you"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aMissingRightIsNamedInOneLineThatSaysWhatToDo(Exception refusal, String told) {
        assertThat(ClusterRefusal.reason(new ExecutionException(new KafkaException(refusal)), "own"))
                .contains("refuses this client: " + told
                        + "; check the user that --command-config logs in as, and what it"
                        + " is allowed to do (godwit acls)");
    }

    @Test
    void whoIsNotLetInIsToldWhatToCheck() {
        assertThat(ClusterRefusal.reason(new SaslAuthenticationException("invalid credentials")))
                .contains(
                        "does not let this client in (invalid credentials); check user, password and sasl.mechanism of"
                                + " --command-config");
        assertThat(ClusterRefusal.reason(
                        new SslAuthenticationException("handshake failed", new SSLHandshakeException("no path found"))))
                .contains("cannot be talked to over TLS (no path found); check the ssl. settings of --command-config");
    }

    @Test
    void otherFailuresAreNoRefusals() {
        assertThat(ClusterRefusal.reason(new TimeoutException("late"))).isEmpty();
        assertThat(ClusterRefusal.reason(new KafkaException(new IllegalStateException("bug"))))
                .isEmpty();
    }

    @Test
    void aRefusalThatNamesItsRightIsNotExplainedAgain() {
        MissingRightException named = new MissingRightException(AclOperation.WRITE, ResourceType.TOPIC, "t");
        TimeoutException late = new TimeoutException("late");

        assertThat(MissingRightException.explain(named, AclOperation.READ, "u")).isSameAs(named);
        assertThat(MissingRightException.explain(late, AclOperation.READ, "u")).isSameAs(late);
        assertThat(MissingRightException.explain(new ClusterAuthorizationException("no"), AclOperation.WRITE, "u"))
                .hasMessage("it needs WRITE on topic u");
    }
}
