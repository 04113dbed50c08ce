/**
 * The {@code godwit} command: one class a subcommand, which reads its options, calls a role and prints what came of it.
 *
 * <p>Not a place for what roles do. Exit codes: 0 done, 1 failed (one line on stderr says what happened and what to do), 2
 * wrong usage, 130 and 143 stopped by SIGINT and SIGTERM. Command classes name no class of Kafka in their fields and
 * signatures, so that {@code --help} loads none. Commands run on the calling thread; a shutdown hook stops them. Parameters
 * and results are never null unless it is said.
 */
package io.godwit.cli;
