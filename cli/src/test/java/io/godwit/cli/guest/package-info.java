/**
 * A real Linux guest under QEMU, for tests that need memory nobody here made up.
 *
 * <p>{@code .ci/install} puts QEMU and the guest's images in place; {@link io.godwit.cli.guest.GuestImages} finds them.
 * What the guest does and prints is told in {@code .ci/guest/init.c}. Not for production: the QMP client knows just what
 * these tests say.
 *
 * <p>Threads: a guest belongs to the test that started it; its console is read by a thread of its own, and what was read
 * may be asked for from any thread.
 */
package io.godwit.cli.guest;
