/**
 * How far a command is, on stderr: a bar on a terminal, a line now and then elsewhere. Asks the role for snapshots from a
 * thread of its own; nothing here changes what a role does. Parameters and results are never null unless it is said.
 */
package io.godwit.cli.progress;
