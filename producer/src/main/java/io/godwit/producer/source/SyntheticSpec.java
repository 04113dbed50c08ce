package io.godwit.producer.source;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a synthetic guest is like. Written as {@code memory=1G,zero=40,text=30,random=15,repeat=15,hot=64M,writes=4000,
 * bytes=16,threads=2,seed=1}; what is left out is as in {@link #DEFAULT}, but that a kind of page that is left out beside
 * others counts 0.
 *
 * @param memoryBytes memory, a multiple of 4 KiB
 * @param zeroPercent pages of zeros; the four kinds sum to 100
 * @param textPercent pages of words
 * @param randomPercent pages that do not compress
 * @param repeatPercent pages whose contents are drawn from a small set
 * @param hotBytes memory that the guest writes, a multiple of 4 KiB
 * @param writesPerSecond writes of all threads together; 0 for a guest that sleeps
 * @param bytesPerWrite bytes a write, 1 to 4096, within a page
 * @param threads threads that write, 1 to 256
 * @param seed of everything that is drawn
 */
public record SyntheticSpec(
        long memoryBytes,
        int zeroPercent,
        int textPercent,
        int randomPercent,
        int repeatPercent,
        long hotBytes,
        long writesPerSecond,
        int bytesPerWrite,
        int threads,
        long seed) {
    public static final SyntheticSpec DEFAULT = new SyntheticSpec(1L << 30, 40, 30, 15, 15, 64L << 20, 4000, 16, 2, 1);

    static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;

    private static final int MAX_THREADS = 256;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kKmMgGtT]?)");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final List<String> KINDS = List.of("zero", "text", "random", "repeat");
    private static final List<String> KEYS =
            List.of("memory", "zero", "text", "random", "repeat", "hot", "writes", "bytes", "threads", "seed");
    private static final String BLOCK = "ram";

    public SyntheticSpec {
        checkSize("memory", memoryBytes);
        if (memoryBytes / PAGE_SIZE > Manifest.MAX_BLOCK_PAGES) {
            throw new IllegalArgumentException(
                    "memory " + memoryBytes + " is more than a block can be, " + Manifest.MAX_BLOCK_PAGES * PAGE_SIZE);
        }
        int sum = zeroPercent + textPercent + randomPercent + repeatPercent;
        if (zeroPercent < 0 || textPercent < 0 || randomPercent < 0 || repeatPercent < 0 || sum != 100) {
            throw new IllegalArgumentException("zero " + zeroPercent + ", text " + textPercent + ", random "
                    + randomPercent + " and repeat " + repeatPercent + " are percents: they must sum to 100");
        }
        checkSize("hot", hotBytes);
        if (hotBytes > memoryBytes) {
            throw new IllegalArgumentException("hot " + hotBytes + " is more than memory " + memoryBytes);
        }
        if (writesPerSecond < 0) {
            throw new IllegalArgumentException("writes " + writesPerSecond + " is negative");
        }
        if (bytesPerWrite < 1 || bytesPerWrite > PAGE_SIZE) {
            throw new IllegalArgumentException("bytes " + bytesPerWrite + " is not in 1.." + PAGE_SIZE);
        }
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads " + threads + " is not in 1.." + MAX_THREADS);
        }
    }

    /**
     * Reads a specification as it is written on the command line; empty for {@link #DEFAULT}.
     *
     * @throws IllegalArgumentException that names the part that is wrong
     */
    public static SyntheticSpec parse(String text) {
        Map<String, String> given = split(text);
        boolean isMixGiven = KINDS.stream().anyMatch(given::containsKey);
        long memoryBytes = size(given, "memory", DEFAULT.memoryBytes);
        // A small guest has a small hot set, unless one is given.
        long hotBytes = size(given, "hot", Math.min(DEFAULT.hotBytes, pagesDown(memoryBytes / 4)));
        return new SyntheticSpec(
                memoryBytes,
                percent(given, "zero", isMixGiven ? 0 : DEFAULT.zeroPercent),
                percent(given, "text", isMixGiven ? 0 : DEFAULT.textPercent),
                percent(given, "random", isMixGiven ? 0 : DEFAULT.randomPercent),
                percent(given, "repeat", isMixGiven ? 0 : DEFAULT.repeatPercent),
                hotBytes,
                number(given, "writes", DEFAULT.writesPerSecond),
                Math.toIntExact(number(given, "bytes", DEFAULT.bytesPerWrite)),
                Math.toIntExact(number(given, "threads", DEFAULT.threads)),
                number(given, "seed", DEFAULT.seed));
    }

    /** The guest's memory: one block. */
    Manifest manifest() {
        return new Manifest(PAGE_SIZE, List.of(new RamBlock(BLOCK, memoryBytes)));
    }

    /** Pages of memory. */
    int pages() {
        return (int) (memoryBytes / PAGE_SIZE);
    }

    private static Map<String, String> split(String text) {
        Map<String, String> given = new HashMap<>();
        for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part.strip() : part.substring(0, equals).strip();
            if (equals < 0 || !KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "'" + part.strip() + "' is not understood: use KEY=VALUE with " + String.join(", ", KEYS));
            }
            if (given.put(key, part.substring(equals + 1).strip()) != null) {
                throw new IllegalArgumentException(key + " is given twice");
            }
        }
        return given;
    }

    private static long size(Map<String, String> given, String key, long fallback) {
        String value = given.get(key);
        if (value == null) {
            return fallback;
        }
        Matcher size = SIZE.matcher(value);
        if (!size.matches()) {
            throw new IllegalArgumentException(key + "=" + value + " is not a size: write bytes, or 64M, 2G");
        }
        int shift = 10
                * ("kmgt".indexOf(size.group(2).toLowerCase(Locale.ROOT))
                        + (size.group(2).isEmpty() ? 0 : 1));
        long number = Long.parseLong(size.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException(key + "=" + value + " is too large");
        }
        return number << shift;
    }

    private static int percent(Map<String, String> given, String key, int fallback) {
        long percent = number(given, key, fallback);
        if (percent > 100) {
            throw new IllegalArgumentException(key + "=" + percent + " is more than 100 percent");
        }
        return (int) percent;
    }

    private static long number(Map<String, String> given, String key, long fallback) {
        String value = given.get(key);
        if (value == null) {
            return fallback;
        }
        if (!NUMBER.matcher(value).matches()) {
            throw new IllegalArgumentException(key + "=" + value + " is not a number of at most 9 digits");
        }
        return Long.parseLong(value);
    }

    private static void checkSize(String key, long bytes) {
        if (bytes < PAGE_SIZE || bytes % PAGE_SIZE != 0) {
            throw new IllegalArgumentException(
                    key + " " + bytes + " is not a positive multiple of the page size " + PAGE_SIZE);
        }
    }

    private static long pagesDown(long bytes) {
        return Math.max(1, bytes / PAGE_SIZE) * PAGE_SIZE;
    }
}
