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
    /** Newest entries by key, in the order in which they were written: as compaction leaves them. */
    private final Map<String, MigrationStatus> byKey = new LinkedHashMap<>();
    /** The agent whose claim of an attempt was first, by migration and attempt. */
    private final Map<String, String> owners = new HashMap<>();
    /**
     * The commit that was first, by migration and attempt. Invariant: no agent commits twice, so compaction does not change
     * their order.
     */
    private final Map<String, MigrationStatus> commits = new HashMap<>();

    /** Takes the next entry of the log; {@code status} is null for a tombstone. */
    void apply(String key, MigrationStatus status) {
        if (status == null) {
            byKey.remove(key);
            return;
        }
        byKey.remove(key);
        byKey.put(key, status);
        String attempt = attemptKey(status.migration(), status.attempt());
        if (status.state() == MigrationState.CLAIMED) {
            owners.putIfAbsent(attempt, status.agent());
        } else if (status.state() == MigrationState.COMMITTED) {
            commits.putIfAbsent(attempt, status);
        }
    }

    /** The agent that has {@code attempt}, or null. */
    String owner(String migration, int attempt) {
        return owners.get(attemptKey(migration, attempt));
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
        HandoverView handover = handover(migration, main.attempt());
        List<MigrationStatus> atRound = inState(current, MigrationState.LANE_AT_ROUND);
        List<MigrationStatus> ended = inState(current, MigrationState.LANE_ENDED);
        return new MigrationView(
                migration,
                main.attempt(),
                state(main, failures, handover),
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
                handover,
                of(migration).stream()
                        .mapToLong(MigrationStatus::atMillis)
                        .max()
                        .orElse(main.atMillis()));
    }

    /** What is known of an attempt's handover; null if no source agent has begun it, or it was deleted. */
    HandoverView handover(String migration, int attempt) {
        MigrationStatus source = ofSources(migration).stream()
                .filter(status -> status.attempt() == attempt)
                .findFirst()
                .orElse(null);
        if (source == null) {
            return null;
        }
        List<MigrationStatus> current = of(migration).stream()
                .filter(status -> status.attempt() == attempt)
                .toList();
        return new HandoverView(
                source,
                current.stream().filter(MigrationStatus::isOfTarget).toList(),
                commits.get(attemptKey(migration, attempt)),
                !inState(current, MigrationState.RELEASED).isEmpty(),
                inState(current, MigrationState.CONTINUED),
                !inState(current, MigrationState.CANCEL).isEmpty(),
                ofSources(migration).stream().anyMatch(status -> status.attempt() > attempt));
    }

    /** The newest attempt whose guest was to be handed over and stayed at its source, 0 where there is none. */
    int lastWithdrawn(String migration) {
        return ofSources(migration).stream()
                .map(source -> handover(migration, source.attempt()))
                .filter(handover -> handover.mode() != Handover.NONE && handover.isWithdrawn())
                .mapToInt(handover -> handover.source().attempt())
                .max()
                .orElse(0);
    }

    /**
     * What the source agent of the attempt that counts said last; null where there was none since the migration was deleted.
     * That is the newest attempt; but once a hypervisor has let go of the guest, it is that attempt, whatever others have
     * begun since.
     */
    private MigrationStatus newestOfSource(String migration) {
        List<MigrationStatus> sources = ofSources(migration);
        return sources.stream()
                .filter(status -> byKey.containsKey(status.releaseKey()))
                .min(Comparator.comparingInt(MigrationStatus::attempt))
                .or(() -> sources.stream().max(Comparator.comparingInt(MigrationStatus::attempt)))
                .orElse(null);
    }

    /** What the source agents of all attempts since the migration was deleted said last. */
    private List<MigrationStatus> ofSources(String migration) {
        MigrationStatus deleted = byKey.get(migration);
        int deletedAttempt = deleted == null ? 0 : deleted.attempt();
        return of(migration).stream()
                .filter(status -> status.isOfSource() && status.attempt() > deletedAttempt)
                .toList();
    }

    private static MigrationState state(
            MigrationStatus source, SortedMap<Integer, String> failures, HandoverView handover) {
        if (handover.released()) {
            return handover.continued().isEmpty() ? MigrationState.RELEASED : MigrationState.CONTINUED;
        }
        if (!failures.isEmpty()) {
            return MigrationState.FAILED;
        }
        return handover.isOpen() && handover.commit() != null ? MigrationState.COMMITTED : source.state();
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

    private static String attemptKey(String migration, int attempt) {
        return migration + "/" + attempt;
    }
}
