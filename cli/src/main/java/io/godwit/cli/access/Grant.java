package io.godwit.cli.access;

import io.godwit.topic.Topics;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A right that a role needs.
 *
 * @param pattern LITERAL, or PREFIXED for all resources whose names begin with {@code name}
 */
public record Grant(AclOperation operation, ResourceType type, PatternType pattern, String name) {
    static Grant topic(AclOperation operation, String name) {
        return new Grant(operation, ResourceType.TOPIC, PatternType.LITERAL, name);
    }

    static Grant topics(AclOperation operation, String prefix) {
        return new Grant(operation, ResourceType.TOPIC, PatternType.PREFIXED, prefix);
    }

    static Grant group(AclOperation operation, String name) {
        return new Grant(operation, ResourceType.GROUP, PatternType.LITERAL, name);
    }

    /** The same for one migration, where it is about the streams of any. */
    Grant of(String migration) {
        return isOfStreams() ? topic(operation, Topics.stream(migration)) : this;
    }

    /** The same for transformers of a group of that name, where it is about their group. */
    public Grant inGroup(String group) {
        return type == ResourceType.GROUP ? group(operation, group) : this;
    }

    /** Whether it is about the streams of migrations. */
    boolean isOfStreams() {
        return pattern == PatternType.PREFIXED && name.equals(Topics.STREAM_PREFIX);
    }
}
