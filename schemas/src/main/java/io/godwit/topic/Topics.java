package io.godwit.topic;

import java.util.regex.Pattern;

/** Names of topics, keys and headers, and where a record goes. Names are public: operators write ACLs against them. */
public final class Topics {
    /** What all names begin with. */
    public static final String PREFIX = "godwit.";
    /** The shared ingress: what source agents write and the transformer reads. */
    public static final String PAGES = "godwit.pages";
    /** Followed by the migration's name: its stream, one partition a lane. */
    public static final String STREAM_PREFIX = "godwit.stream.";
    /** The directory of migrations, compacted. */
    public static final String MIGRATIONS = "godwit.migrations";
    /** What the transformer could not read. */
    public static final String DEAD_LETTERS = "godwit.dead-letters";
    /** Page hashes of checkpoints: chunks, compacted. */
    public static final String CHECKPOINTS = "godwit.checkpoints";
    /** Names of checkpoints, compacted: so that who looks one up need not read all hashes. */
    public static final String CHECKPOINT_NAMES = "godwit.checkpoint-names";
    /** Header of every stream record: ingress partition (be32) and offset (be64) it was made from. */
    public static final String ORIGIN_HEADER = "godwit.origin";

    public static final int DEFAULT_PAGES_PARTITIONS = 8;
    /** Largest record that agents write or accept, and what topics are created with. */
    public static final int MAX_RECORD_BYTES = 8 << 20;

    /** Kafka allows topic names of 249 characters. */
    private static final int MAX_MIGRATION_LENGTH = 249 - STREAM_PREFIX.length();

    private static final Pattern MIGRATION = Pattern.compile("[A-Za-z0-9._-]+");

    private Topics() {}

    /**
     * Returns {@code migration} if it can name a migration.
     *
     * @throws IllegalArgumentException if it is empty, too long, or holds other characters than topic names may
     */
    public static String checkMigration(String migration) {
        if (!MIGRATION.matcher(migration).matches() || migration.length() > MAX_MIGRATION_LENGTH) {
            throw new IllegalArgumentException("migration name '" + migration + "' is not allowed: use 1 to "
                    + MAX_MIGRATION_LENGTH + " letters, digits, '.', '_' and '-'");
        }
        return migration;
    }

    /** The stream topic of {@code migration}. */
    public static String stream(String migration) {
        return STREAM_PREFIX + checkMigration(migration);
    }

    /** Kafka key of the records of one lane: {@code migration/lane}. */
    public static String laneKey(String migration, int lane) {
        return migration + "/" + lane;
    }

    /** Ingress partition of a lane: the lanes of a migration follow one another from a place that its name gives. */
    public static int pagesPartition(String migration, int lane, int partitions) {
        return (int) Math.floorMod((long) migration.hashCode() + lane, (long) partitions);
    }
}
