package io.godwit.report;

/** Keys of log events, for collectors to filter by: a message that concerns a migration, or a part of one, carries them. */
public final class LogKeys {
    /** The migration's name. */
    public static final String MIGRATION = "migration";
    /** A lane's number. */
    public static final String LANE = "lane";
    /** A record's sequence in its lane. */
    public static final String SEQUENCE = "sequence";

    private LogKeys() {}
}
