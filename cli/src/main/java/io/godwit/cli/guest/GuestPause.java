package io.godwit.cli.guest;

import java.time.Duration;

/**
 * The pause of one move, from the guest's last heartbeat before it to the first one after it; in both cases the interval
 * between two heartbeats is part of it.
 *
 * @param wall by the clock of whoever reads the consoles: how long the rest of the world did without the guest
 * @param guest by the guest's own monotonic clock
 */
public record GuestPause(Duration wall, Duration guest) {}
