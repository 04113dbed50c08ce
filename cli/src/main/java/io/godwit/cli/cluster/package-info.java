/**
 * The cluster as an operator sees it: whether it can be reached, its topics, and the end of a migration's life. Reads and
 * writes no guest memory. Parameters and results are never null unless it is said.
 */
package io.godwit.cli.cluster;
