/**
 * The transformer as one process runs it: settings, start, end, progress. What it does to pages is in {@code processor}, how
 * it hangs together in {@code topology}. Parameters and results are never null unless it is said.
 */
package io.godwit.transformer;
