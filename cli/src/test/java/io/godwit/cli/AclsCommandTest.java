package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.access.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code godwit acls}: what an administrator pipes into a shell. */
class AclsCommandTest {
    private static final String KAFKA_ACLS =
            "kafka-acls.sh --bootstrap-server \"$BROKERS\" --command-config admin.properties --add --allow-principal ";

    @Test
    void aRoleIsOneCommandForEachRight() {
        CommandRun run = CommandRun.of("acls", "delete", "--principal", "User:alice");

        assertThat(run.status()).isZero();
        assertThat(run.outLines())
                .containsExactly(
                        KAFKA_ACLS + "'User:alice' --operation Read --topic 'godwit.migrations'",
                        KAFKA_ACLS + "'User:alice' --operation Write --topic 'godwit.migrations'",
                        KAFKA_ACLS + "'User:alice' --operation Delete --resource-pattern-type prefixed --topic"
                                + " 'godwit.stream.'");
    }

    @Test
    void ofOneMigrationOnlyItsStreamIsNamed() {
        CommandRun run = CommandRun.of("acls", "target", "--principal", "User:b", "--migration", "vm1");

        assertThat(run.outLines())
                .containsExactly(KAFKA_ACLS + "'User:b' --operation Read --topic 'godwit.stream.vm1'");
    }

    @Test
    void aTransformerWritesAllStreamsAndHasItsGroup() {
        CommandRun run = CommandRun.of(
                "acls", "transformer", "--principal", "User:t", "--migration", "vm1", "--application-id", "east");

        assertThat(run.outLines())
                .contains(
                        KAFKA_ACLS + "'User:t' --operation Write --resource-pattern-type prefixed --topic"
                                + " 'godwit.stream.'",
                        KAFKA_ACLS + "'User:t' --operation Read --group 'east'");
    }

    @Test
    void aPrincipalIsOneWordForTheShell() {
        CommandRun run = CommandRun.of("acls", "list", "--principal", "User:CN=o'neil, OU=x");

        assertThat(run.out()).contains("--allow-principal 'User:CN=o'\\''neil, OU=x' --operation");
    }

    @Test
    void jsonHasTheSameRights() {
        CommandRun run = CommandRun.of("acls", "topics", "--principal", "User:a", "--json");

        assertThat(run.out())
                .isEqualTo("{\"role\":\"topics\",\"principal\":\"User:a\",\"grants\":["
                        + "{\"operation\":\"DESCRIBE\",\"type\":\"TOPIC\",\"pattern\":\"PREFIXED\",\"name\":\"godwit.\"},"
                        + "{\"operation\":\"DESCRIBE_CONFIGS\",\"type\":\"TOPIC\",\"pattern\":\"PREFIXED\","
                        + "\"name\":\"godwit.\"}]}\n");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void theHelpNamesEveryRole(Role role) {
        assertThat(CommandRun.of("acls", "--help").out().replaceAll("\\s+", " "))
                .containsPattern("[ ,]" + role.title() + "[,.]");
    }

    @Test
    void aRoleThatThereIsNotIsWrongUsage() {
        CommandRun run = CommandRun.of("acls", "king", "--principal", "User:a");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errLines().get(0)).contains("'king' is no role; there are source, ");
    }
}
