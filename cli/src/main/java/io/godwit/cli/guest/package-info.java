/**
 * A real Linux guest under QEMU, for the demo, the benchmarks and the tests: memory that nobody here made up, and a guest that
 * can tell whether it noticed its move. Plays no part in a migration of somebody's own guest.
 *
 * <p>{@code .ci/install} puts QEMU and the guest's images in place; {@link io.godwit.cli.guest.GuestImages} finds them.
 * What the guest does and prints is told in {@code .ci/guest/init.c}.
 *
 * <p>Threads: a guest belongs to whoever started it; its console is read by a thread of its own, and what was read may be
 * asked for from any thread. Parameters and results are never null unless it is said.
 */
package io.godwit.cli.guest;
