package io.godwit.cli.access;

import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.utils.SecurityUtils;

/** Rights as an administrator gives them: commands of Kafka's {@code kafka-acls.sh}, one a right. */
public final class AclCommands {
    private static final String KAFKA_ACLS =
            "kafka-acls.sh --bootstrap-server \"$BROKERS\" --command-config admin.properties --add";

    private AclCommands() {}

    /**
     * The commands, for a shell.
     *
     * @param principal as Kafka knows it: {@code User:alice}
     */
    public static List<String> of(String principal, List<Grant> grants) {
        return grants.stream().map(grant -> of(principal, grant)).toList();
    }

    private static String of(String principal, Grant grant) {
        String pattern = grant.pattern() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "";
        return KAFKA_ACLS + " --allow-principal " + quoted(principal)
                + " --operation " + SecurityUtils.operationName(grant.operation())
                + pattern
                + " --" + grant.type().name().toLowerCase(Locale.ROOT) + " " + quoted(grant.name());
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
