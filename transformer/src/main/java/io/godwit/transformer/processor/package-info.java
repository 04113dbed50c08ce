/**
 * The three processors, {@code zero-pages}, {@code xbzrle} and {@code checkpoint-dedup}, each refining the runs that the one
 * before left {@code NORMAL}, and what they work with. Knows nothing of clusters, threads or topic settings: see
 * {@code topology}. Objects here belong to one task and are used by its thread alone, unless their class says otherwise.
 * Parameters and results are never null unless it is said.
 */
package io.godwit.transformer.processor;
