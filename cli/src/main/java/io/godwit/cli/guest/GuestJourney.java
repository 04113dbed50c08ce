package io.godwit.cli.guest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What one guest said on the consoles of the QEMUs it ran in, one after the other, as one: a guest that has moved goes on in
 * the middle of the line it was printing.
 *
 * <p>Each of several clones makes a journey of its own, which begins with the same console.
 */
public final class GuestJourney {
    private final List<GuestConsole> consoles;

    private GuestJourney(List<GuestConsole> consoles) {
        this.consoles = consoles;
    }

    /** A guest that ran in these QEMUs, in this order, and runs in the last one. */
    public static GuestJourney through(QemuGuest... hosts) {
        List<GuestConsole> consoles = new ArrayList<>();
        for (QemuGuest host : hosts) {
            consoles.add(host.console());
        }
        return of(consoles);
    }

    static GuestJourney of(List<GuestConsole> consoles) {
        return new GuestJourney(List.copyOf(consoles));
    }

    /** Every heartbeat, in the order of the journey. */
    public List<Heartbeat> heartbeats() {
        List<Heartbeat> all = new ArrayList<>();
        for (int host = 0; host < consoles.size(); host++) {
            lineAcross(host).heartbeat().ifPresent(all::add);
            all.addAll(consoles.get(host).heartbeats());
        }
        return all;
    }

    /**
     * What shows that the guest noticed more than a pause: a heartbeat that is missing or came twice, a clock that went back,
     * a page that is not what was written to it. Empty where nothing does.
     */
    public Optional<String> fault() {
        List<Heartbeat> all = heartbeats();
        if (all.isEmpty()) {
            return Optional.of("the guest has no heartbeat");
        }
        for (int i = 1; i < all.size(); i++) {
            Heartbeat before = all.get(i - 1);
            Heartbeat now = all.get(i);
            if (now.sequence() != before.sequence() + 1) {
                return Optional.of("heartbeat " + before.sequence() + " was followed by " + now.sequence());
            }
            if (now.guestMicros() < before.guestMicros()) {
                return Optional.of("the guest's clock went back by " + (before.guestMicros() - now.guestMicros())
                        + " us at heartbeat " + now.sequence());
            }
        }
        return corruption();
    }

    /**
     * The pause of the move to the {@code host}-th QEMU, from 1: between the last heartbeat before and the first one after.
     *
     * @throws IllegalStateException if there is no heartbeat on either side
     */
    public GuestPause pause(int host) {
        GuestJourney before = of(consoles.subList(0, host));
        List<Heartbeat> earlier = before.heartbeats();
        List<Heartbeat> all = heartbeats();
        if (earlier.isEmpty() || all.size() == earlier.size()) {
            throw new IllegalStateException("no heartbeat on each side of move " + host);
        }
        Heartbeat last = earlier.get(earlier.size() - 1);
        Heartbeat first = all.get(earlier.size());
        return new GuestPause(
                Duration.ofNanos(first.arrivalNanos() - last.arrivalNanos()),
                Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(first.guestMicros() - last.guestMicros())));
    }

    private Optional<String> corruption() {
        for (int host = 0; host < consoles.size(); host++) {
            GuestLine across = lineAcross(host);
            if (across.isCorruption()) {
                return Optional.of(across.text());
            }
            List<String> corruptions = consoles.get(host).corruptions();
            if (!corruptions.isEmpty()) {
                return Optional.of(corruptions.get(0));
            }
        }
        return Optional.empty();
    }

    /** The line that began in the QEMU before this one and ended here; an empty one where the guest moved between lines. */
    private GuestLine lineAcross(int host) {
        String begun = host == 0 ? "" : consoles.get(host - 1).unfinishedLine();
        GuestLine rest = consoles.get(host).firstLine();
        boolean isCut = !begun.isEmpty() && rest.arrivalNanos() != 0;
        return isCut ? new GuestLine((begun + rest.text()).stripTrailing(), rest.arrivalNanos()) : new GuestLine("", 0);
    }
}
