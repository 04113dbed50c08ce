package io.godwit.client;

/**
 * How safe the records of topics that are created are from brokers that die.
 *
 * @param factor brokers that keep each record, or {@link #BROKERS_CHOICE}
 * @param minInSync brokers that must have a record before it counts as stored ({@code min.insync.replicas}), or
 *     {@link #BROKERS_CHOICE}; every producer here waits for all that are in sync ({@code acks=all})
 */
public record Replication(int factor, int minInSync) {
    /** Leaves it to the brokers' own defaults. */
    public static final int BROKERS_CHOICE = -1;

    /** The brokers' defaults. */
    public static final Replication OF_BROKERS = new Replication(BROKERS_CHOICE, BROKERS_CHOICE);

    public Replication {
        check("replication factor", factor);
        check("min ISR", minInSync);
        if (factor != BROKERS_CHOICE && minInSync > factor) {
            throw new IllegalArgumentException("min ISR " + minInSync + " is over the replication factor " + factor
                    + ": nothing could ever be written");
        }
    }

    private static void check(String name, int brokers) {
        if (brokers != BROKERS_CHOICE && (brokers < 1 || brokers > Short.MAX_VALUE)) {
            throw new IllegalArgumentException(name + " " + brokers + " is not in 1.." + Short.MAX_VALUE);
        }
    }
}
