package io.godwit.cli.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes, with the units of 1024 that memory is counted in. */
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([KMGT]?)");
    private static final String UNITS = "KMGT";
    private static final int UNIT_SHIFT = 10;

    private Sizes() {}

    /**
     * Reads {@code 4096}, {@code 64M} or {@code 2G}.
     *
     * @throws IllegalArgumentException if it is no size, or larger than a long holds
     */
    public static long parse(String text) {
        Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size; write it as 4096, 64M or 2G");
        }
        int shift = UNIT_SHIFT * (size.group(2).isEmpty() ? 0 : UNITS.indexOf(size.group(2)) + 1);
        long number = Long.parseLong(size.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("'" + text + "' is too large a size");
        }
        return number << shift;
    }

    /** Shows {@code bytes} with three digits or so: {@code 512 B}, {@code 1.5 MiB}, {@code 12 GiB}. */
    public static String format(long bytes) {
        double value = bytes;
        int unit = -1;
        while (Math.abs(value) >= 1024 && unit < UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        if (unit < 0) {
            return bytes + " B";
        }
        String pattern = value < 9.95 ? "%.2f %ciB" : value < 99.5 ? "%.1f %ciB" : "%.0f %ciB";
        return String.format(Locale.ROOT, pattern, value, UNITS.charAt(unit));
    }

    /** Shows a pace: {@code bytes} in {@code millis}. */
    public static String formatRate(long bytes, long millis) {
        return format(Math.round(bytes * 1000.0 / Math.max(1, millis))) + "/s";
    }
}
