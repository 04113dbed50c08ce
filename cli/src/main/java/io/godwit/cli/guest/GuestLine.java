package io.godwit.cli.guest;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a guest's console.
 *
 * @param text without its end
 * @param arrivalNanos {@link System#nanoTime()} when its end arrived
 */
record GuestLine(String text, long arrivalNanos) {
    private static final Pattern HEARTBEAT = Pattern.compile("GODWIT hb (\\d{1,18}) (\\d{1,18})");
    private static final Pattern STATS = Pattern.compile(
            "GODWIT stats writes=(\\d{1,18}) checked=(\\d{1,18}) sweeps=(\\d{1,18}) corrupt=(\\d{1,18})");

    Optional<Heartbeat> heartbeat() {
        Matcher matcher = HEARTBEAT.matcher(text);
        return matcher.matches()
                ? Optional.of(new Heartbeat(number(matcher, 1), number(matcher, 2), arrivalNanos))
                : Optional.empty();
    }

    Optional<GuestConsole.Stats> stats() {
        Matcher matcher = STATS.matcher(text);
        return matcher.matches()
                ? Optional.of(new GuestConsole.Stats(
                        number(matcher, 1), number(matcher, 2), number(matcher, 3), number(matcher, 4)))
                : Optional.empty();
    }

    boolean isCorruption() {
        return text.startsWith("GODWIT CORRUPT");
    }

    boolean isReady() {
        return text.startsWith("GODWIT ready");
    }

    private static long number(Matcher matcher, int group) {
        return Long.parseLong(matcher.group(group));
    }
}
