/**
 * The whole of Godwit in one process, for a first look: a broker, a transformer, a synthetic guest that keeps writing, a
 * target that waits and one that comes late. Roles are used as anybody may use them; nothing here is part of a migration.
 * Parameters and results are never null unless it is said.
 */
package io.godwit.cli.demo;
