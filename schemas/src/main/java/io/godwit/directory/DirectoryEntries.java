package io.godwit.directory;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
        MigrationStatus main = newestOfSource(migration);
        if (main == null) {
            return null;
        }
        List<MigrationStatus> current = of(migration).stream()
                .filter(status -> status.attempt() == main.attempt())
                .toList();
        SortedMap<Integer, String> failures = new TreeMap<>();
        for (MigrationStatus status : inState(current, MigrationState.FAILED)) {
            if (status.lane() != MigrationStatus.NO_LANE) {
                failures.put(status.lane(), status.reason());
            }
        }
        List<MigrationStatus> atRound = inState(current, MigrationState.LANE_AT_ROUND);
        List<MigrationStatus> ended = inState(current, MigrationState.LANE_ENDED);
        return new MigrationView(
                migration,
                main.attempt(),
                failures.isEmpty() ? main.state() : MigrationState.FAILED,
                main.stream(),
                main.lanes(),
                main.guestBytes(),
                main.source(),
                main.reason(),
                atRound.size(),
                roundOnStream(atRound, main.lanes()),
                ended.size() == main.lanes() ? sum(ended) : null,
                new TreeSet<>(ended.stream().map(MigrationStatus::lane).toList()),
                failures,
                of(migration).stream()
                        .mapToLong(MigrationStatus::atMillis)
                        .max()
                        .orElse(main.atMillis()));
    }

    /** What the source agent of the newest attempt said last; null where there was none since the migration was deleted. */
    private MigrationStatus newestOfSource(String migration) {
        MigrationStatus deleted = byKey.get(migration);
        int deletedAttempt = deleted == null ? 0 : deleted.attempt();
        return of(migration).stream()
                .filter(status -> status.isOfSource() && status.attempt() > deletedAttempt)
                .max(Comparator.comparingInt(MigrationStatus::attempt))
                .orElse(null);
    }

    private static List<MigrationStatus> inState(List<MigrationStatus> entries, MigrationState state) {
        return entries.stream().filter(status -> status.state() == state).toList();
    }

    /** A lane has one entry: that of its newest round. */
    private static int roundOnStream(List<MigrationStatus> atRound, int lanes) {
        return atRound.size() < lanes
                ? 0
                : atRound.stream().mapToInt(MigrationStatus::round).min().orElse(0);
    }

    private static LaneTotals sum(List<MigrationStatus> ended) {
        LaneTotals sum = LaneTotals.NONE;
        for (MigrationStatus status : ended) {
            if (status.totals() == null) {
                return null;
            }
            sum = sum.plus(status.totals());
        }
        return sum;
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
