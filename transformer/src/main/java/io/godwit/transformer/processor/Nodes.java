package io.godwit.transformer.processor;

/** Names of the topology's nodes and stores. Public: they name metrics. */
public final class Nodes {
    public static final String PAGES = "pages";
    public static final String ZERO_PAGES = "zero-pages";
    public static final String XBZRLE = "xbzrle";
    public static final String CHECKPOINT_DEDUP = "checkpoint-dedup";
    public static final String STREAM = "stream";
    public static final String DEAD_LETTERS = "dead-letters";
    public static final String MIGRATIONS = "migrations";
    public static final String CHECKPOINTS = "checkpoints";
    public static final String CHECKPOINT_CHUNKS = "checkpoint-chunks";
    public static final String CHECKPOINT_INDEX = "checkpoint-index";
    public static final String PAGE_CACHE = "page-cache";

    private Nodes() {}
}
