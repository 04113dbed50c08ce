/**
 * What goes to stderr: logs as lines for people or as JSON for collectors, and what a command has to say to its operator,
 * which is a log event where those are JSON. The layouts are in {@code log4j2.xml}. Parameters and results are never null
 * unless it is said.
 */
package io.godwit.cli.log;
