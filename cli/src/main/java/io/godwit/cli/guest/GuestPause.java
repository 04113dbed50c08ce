package io.godwit.cli.guest;

import java.time.Duration;

/**
 * The pause of one move, from the guest's last heartbeat before it to the first one after it; in both cases the interval
 * between two heartbeats is part of it.
 *
 * <p>QEMU's virtual clock stands still while a guest is stopped, and moves with it: without a clock from outside, a guest that
 * was stopped for long sees next to nothing of it. So the pause that counts is the one by the wall's clock.
 *
 * @param wall by the clock of whoever reads the consoles: how long the rest of the world did without the guest
 * @param guest by the guest's own monotonic clock: the part of it in which the guest was held up, and not stopped
 */
public record GuestPause(Duration wall, Duration guest) {}
