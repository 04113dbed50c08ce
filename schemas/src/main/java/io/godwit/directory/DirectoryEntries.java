package io.godwit.directory;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The directory's entries, folded in log order. One thread. */
final class DirectoryEntries {
    /** Entries by key, in the order in which their keys were first written. */
    private final Map<String, MigrationStatus> byKey = new LinkedHashMap<>();
    /** The agent whose claim of an attempt was first, by migration and attempt. */
    private final Map<String, String> owners = new HashMap<>();

    /** Takes the next entry of the log; {@code status} is null for a tombstone. */
    void apply(String key, MigrationStatus status) {
        if (status == null) {
            byKey.remove(key);
            return;
        }
        byKey.put(key, status);
        if (status.state() == MigrationState.CLAIMED) {
            owners.putIfAbsent(ownerKey(status.migration(), status.attempt()), status.agent());
        }
    }

    /** The agent that has {@code attempt}, or null. */
    String owner(String migration, int attempt) {
        return owners.get(ownerKey(migration, attempt));
    }

    /** Newest attempt that anyone has claimed or used, 0 where there is none. */
    int lastAttempt(String migration) {
        return of(migration).stream().mapToInt(MigrationStatus::attempt).max().orElse(0);
    }

    /** Keys of all entries of {@code migration}. */
    Set<String> keys(String migration) {
        Set<String> keys = new TreeSet<>();
        byKey.forEach((key, status) -> {
            if (status.migration().equals(migration)) {
                keys.add(key);
            }
        });
        return keys;
    }

    /** Names of the migrations that exist, sorted. */
    Set<String> migrations() {
        Set<String> names = new TreeSet<>();
        byKey.values().forEach(status -> names.add(status.migration()));
        names.removeIf(name -> view(name) == null);
        return names;
    }

    /** What is known of {@code migration}; null if there is none, or it was deleted. */
    MigrationView view(String migration) {
        MigrationStatus main = byKey.get(migration);
        if (main == null || main.state() == MigrationState.DELETED) {
            return null;
        }
        int attempt = main.attempt();
        Set<Integer> ended = new TreeSet<>();
        SortedMap<Integer, String> failures = new TreeMap<>();
        for (MigrationStatus status : of(migration)) {
            if (status.attempt() == attempt && status.state() == MigrationState.LANE_ENDED) {
                ended.add(status.lane());
            } else if (status.attempt() == attempt
                    && status.state() == MigrationState.FAILED
                    && status.lane() != MigrationStatus.NO_LANE) {
                failures.put(status.lane(), status.reason());
            }
        }
        long newest = of(migration).stream()
                .max(Comparator.comparingLong(MigrationStatus::atMillis))
                .orElse(main)
                .atMillis();
        return new MigrationView(
                migration,
                attempt,
                failures.isEmpty() ? main.state() : MigrationState.FAILED,
                main.stream(),
                main.lanes(),
                main.guestBytes(),
                main.source(),
                main.reason(),
                ended,
                failures,
                newest);
    }

    private Collection<MigrationStatus> of(String migration) {
        return byKey.values().stream()
                .filter(status -> status.migration().equals(migration))
                .toList();
    }

    private static String ownerKey(String migration, int attempt) {
        return migration + "/" + attempt;
    }
}
