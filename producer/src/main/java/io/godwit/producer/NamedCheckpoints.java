package io.godwit.producer;

import io.godwit.client.ClientSettings;
import io.godwit.directory.CheckpointNames;
import io.godwit.directory.DirectoryException;
import io.godwit.record.CheckpointEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The checkpoints that targets of a migration are said to hold. Immutable. */
final class NamedCheckpoints {
    /** Names that a message lists; whoever has more is told where they stand. */
    private static final int MAX_SHOWN = 10;

    private final List<CheckpointEntry> entries;

    private NamedCheckpoints(List<CheckpointEntry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Looks names up; asks nobody where there are none.
     *
     * @throws SourceException if one is not known
     * @throws DirectoryException if the names cannot be read
     */
    static NamedCheckpoints find(ClientSettings clients, Duration patience, List<String> names)
            throws SourceException, DirectoryException {
        if (names.isEmpty()) {
            return new NamedCheckpoints(List.of());
        }
        try (CheckpointNames directory = new CheckpointNames(clients, patience)) {
            return of(directory.list(), names);
        }
    }

    /** The same of names that were read. */
    static NamedCheckpoints of(List<CheckpointEntry> known, List<String> names) throws SourceException {
        List<CheckpointEntry> found = new ArrayList<>();
        for (String name : names) {
            found.add(known.stream()
                    .filter(entry -> entry.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknown(name, known)));
        }
        return new NamedCheckpoints(found);
    }

    /** Their ids, each once. */
    List<String> ids() {
        return entries.stream().map(CheckpointEntry::checkpoint).distinct().toList();
    }

    /**
     * Compares the page size of the guest.
     *
     * @throws SourceException if one of the checkpoints has another: no page of it would be found
     */
    void checkPageSize(int pageSize) throws SourceException {
        for (CheckpointEntry entry : entries) {
            if (entry.pageSize() != pageSize) {
                throw new SourceException("checkpoint " + entry.name() + " has pages of " + entry.pageSize()
                        + " bytes, the guest has pages of " + pageSize
                        + ": leave out --checkpoint " + entry.name() + ", or add a checkpoint of this guest");
            }
        }
    }

    private static SourceException unknown(String name, List<CheckpointEntry> known) {
        List<String> names = known.stream().map(CheckpointEntry::name).toList();
        String shown = String.join(", ", names.subList(0, Math.min(MAX_SHOWN, names.size())));
        String others = names.isEmpty()
                ? "there are none"
                : "only " + shown + (names.size() > MAX_SHOWN ? " and more (godwit checkpoint list)" : "");
        return new SourceException("no checkpoint is named " + name + ", " + others
                + "; add it first (godwit checkpoint add " + name + ")");
    }
}
