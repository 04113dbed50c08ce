package io.godwit.transformer.processor;

/** How a record stands to what its lane has had. */
enum Standing {
    /** News: it may be encoded against the lane's pages, and moves the lane on. */
    NEXT,
    /** Met before in this attempt: it goes in full, and its pages leave the cache. */
    REPEATED,
    /** Of an attempt that a newer one has fenced off: it goes as it is, and touches nothing. */
    OUTDATED,
    /** Not readable: a failure stands in its place. */
    REFUSED
}
