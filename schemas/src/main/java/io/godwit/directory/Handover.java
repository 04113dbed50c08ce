package io.godwit.directory;

/** How a guest changes host. Names are the symbols of {@code MigrationStatus.avsc}. */
public enum Handover {
    /** Not at all: the migration moves memory, and is complete once it is on the stream. */
    NONE,
    /** The source lets go once a target has verified everything, and that target continues the guest. */
    VERIFIED,
    /** The source lets go once all is on the stream; whoever claims the migration first continues the guest. */
    PARKED
}
