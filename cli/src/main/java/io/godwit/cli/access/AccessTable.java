package io.godwit.cli.access;

import io.godwit.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.resource.PatternType;

/** The rights of all roles as a table in Markdown, a line each: the documentation's, which a test keeps true. */
public final class AccessTable {
    private AccessTable() {}

    /** The table, head included. */
    public static List<String> lines() {
        List<String> lines =
                new ArrayList<>(List.of("| role | commands | operation | resource | name |", "|---|---|---|---|---|"));
        for (Role role : Role.values()) {
            boolean isFirst = true;
            for (Grant grant : role.grants()) {
                lines.add("| " + (isFirst ? "`" + role.title() + "` | " + role.commands() : " | ") + " | "
                        + grant.operation() + " | " + grant.type().name().toLowerCase(Locale.ROOT) + " | "
                        + name(role, grant) + " |");
                isFirst = false;
            }
        }
        return lines;
    }

    private static String name(Role role, Grant grant) {
        if (grant.isOfStreams() && role != Role.TRANSFORMER) {
            return "`" + Topics.STREAM_PREFIX + "<migration>`";
        }
        return "`" + grant.name() + "`"
                + (grant.pattern() == PatternType.PREFIXED ? " and what follows (prefixed)" : "");
    }
}
