/**
 * The whole of Godwit in one process, for a first look: a broker, a transformer and a guest. The guest is a synthetic one, with
 * a target that waits and one that comes late, or a Linux guest that moves from one QEMU to another. Roles are used as anybody
 * may use them; nothing here is part of a migration. Parameters and results are never null unless it is said.
 */
package io.godwit.cli.demo;
