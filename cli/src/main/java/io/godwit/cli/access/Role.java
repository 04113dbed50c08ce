package io.godwit.cli.access;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.godwit.topic.Topics;
import io.godwit.transformer.TransformerConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a principal of a cluster does, and the least that it has to be allowed for that, where the shared topics exist. Reading,
 * writing and deleting bring the right to see a topic with them.
 */
public enum Role {
    SOURCE("source", "send", sourceGrants()),
    SOURCE_WITH_CHECKPOINT(
            "source-checkpoint", "send --checkpoint", and(sourceGrants(), Grant.topic(READ, Topics.CHECKPOINT_NAMES))),
    TARGET("target", "receive --ram-dir, receive --clone", List.of(readStream())),
    TARGET_WITH_REPAIRS(
            "target-repairs",
            "receive of pages that no checkpoint here gives",
            List.of(readStream(), Grant.topic(READ, Topics.PAGES))),
    TARGET_WITH_HANDOVER(
            "target-handover", "receive of a guest that is handed over", and(directoryGrants(), readStream())),
    TRANSFORMER("transformer", "transform", transformerGrants()),
    CHECKPOINTS("checkpoints", "checkpoint add, checkpoint remove", checkpointGrants()),
    CHECKPOINT_OF_MIGRATION(
            "checkpoint-migration",
            "checkpoint add --migration",
            and(checkpointGrants(), Grant.topic(READ, Topics.MIGRATIONS), readStream())),
    CHECKPOINT_LIST("checkpoint-list", "checkpoint list", List.of(Grant.topic(READ, Topics.CHECKPOINT_NAMES))),
    LIST("list", "list", List.of(Grant.topic(READ, Topics.MIGRATIONS))),
    DESCRIBE_MIGRATION("describe", "describe", List.of(Grant.topic(READ, Topics.MIGRATIONS), readStream())),
    CANCEL("cancel", "cancel, recover", directoryGrants()),
    DELETE_MIGRATION("delete", "delete", and(directoryGrants(), Grant.topics(DELETE, Topics.STREAM_PREFIX))),
    TOPICS(
            "topics",
            "topics",
            List.of(Grant.topics(DESCRIBE, Topics.PREFIX), Grant.topics(DESCRIBE_CONFIGS, Topics.PREFIX)));

    private final String title;
    private final String commands;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody can change
    private final List<Grant> grants;

    Role(String title, String commands, List<Grant> grants) {
        this.title = title;
        this.commands = commands;
        this.grants = List.copyOf(grants);
    }

    /** The role of that name; empty if there is none. */
    public static Optional<Role> named(String title) {
        return Stream.of(values()).filter(role -> role.title.equals(title)).findFirst();
    }

    /** As operators write it. */
    public String title() {
        return title;
    }

    /** The commands that it runs. */
    public String commands() {
        return commands;
    }

    /** What it needs for any migration. */
    public List<Grant> grants() {
        return grants;
    }

    /** What it needs for one migration; of a transformer, still for any. */
    public List<Grant> grants(String migration) {
        return this == TRANSFORMER
                ? grants
                : grants.stream().map(grant -> grant.of(migration)).toList();
    }

    private static List<Grant> sourceGrants() {
        // A source that meets a topic made beforehand does not create it; one that may not see it cannot tell.
        return List.of(
                Grant.topic(WRITE, Topics.PAGES),
                Grant.topic(READ, Topics.MIGRATIONS),
                Grant.topic(WRITE, Topics.MIGRATIONS),
                Grant.topics(CREATE, Topics.STREAM_PREFIX),
                Grant.topics(DESCRIBE, Topics.STREAM_PREFIX));
    }

    private static List<Grant> transformerGrants() {
        return List.of(
                Grant.topic(READ, Topics.PAGES),
                Grant.topic(READ, Topics.CHECKPOINTS),
                Grant.topic(WRITE, Topics.MIGRATIONS),
                Grant.topic(WRITE, Topics.DEAD_LETTERS),
                Grant.topics(WRITE, Topics.STREAM_PREFIX),
                Grant.group(READ, TransformerConfig.DEFAULT_APPLICATION_ID));
    }

    private static List<Grant> checkpointGrants() {
        return List.of(
                Grant.topic(READ, Topics.CHECKPOINT_NAMES),
                Grant.topic(WRITE, Topics.CHECKPOINT_NAMES),
                Grant.topic(WRITE, Topics.CHECKPOINTS));
    }

    private static List<Grant> directoryGrants() {
        return List.of(Grant.topic(READ, Topics.MIGRATIONS), Grant.topic(WRITE, Topics.MIGRATIONS));
    }

    private static Grant readStream() {
        return Grant.topics(READ, Topics.STREAM_PREFIX);
    }

    private static List<Grant> and(List<Grant> grants, Grant... more) {
        return Stream.concat(grants.stream(), Stream.of(more)).toList();
    }
}
