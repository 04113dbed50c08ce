/**
 * QEMU's monitor protocol: commands, their answers, and events, over a unix socket. Knows nothing of migrations. Parameters
 * and results are never null unless it is said.
 */
package io.godwit.qemu.qmp;
