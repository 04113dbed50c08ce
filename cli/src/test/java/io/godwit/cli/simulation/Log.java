package io.godwit.cli.simulation;

import java.util.ArrayList;
import java.util.List;

/** A topic: partitions of records that stay. */
final class Log {
    /**
     * A record.
     *
     * @param origin offset of the ingress record it was made from; -1 where it is one
     */
    record Entry(String key, byte[] value, long origin) {}

    static final long NO_ORIGIN = -1;

    private final List<List<Entry>> partitions = new ArrayList<>();

    Log(int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            this.partitions.add(new ArrayList<>());
        }
    }

    /** Appends a record and returns its offset. */
    long append(int partition, Entry entry) {
        partitions.get(partition).add(entry);
        return end(partition) - 1;
    }

    Entry get(int partition, long offset) {
        return partitions.get(partition).get((int) offset);
    }

    long end(int partition) {
        return partitions.get(partition).size();
    }

    int partitions() {
        return partitions.size();
    }
}
