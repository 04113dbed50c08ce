package io.godwit.cli.checkpoint;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.client.ClientSettings;
import io.godwit.client.TopicUse;
import io.godwit.directory.CheckpointNames;
import io.godwit.directory.DirectoryException;
import io.godwit.record.CheckpointEntry;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;

/** The checkpoints that the cluster knows, and those that this host holds. */
public final class CheckpointListing {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private CheckpointListing() {}

    /**
     * A checkpoint.
     *
     * @param isPublished whether the cluster knows it under this name
     * @param isHeld whether this host holds its content, under whatever name; null where nobody looked
     */
    public record Listed(CheckpointEntry entry, boolean isPublished, Boolean isHeld) {}

    /**
     * Lists by name.
     *
     * @param directory of this host's checkpoints, null where nobody is to look
     */
    public static List<Listed> list(ClientSettings clients, Path directory)
            throws IOException, DirectoryException, InterruptedException {
        List<CheckpointEntry> local = directory == null
                ? List.of()
                : CheckpointDirectory.open(directory).list();
        List<CheckpointEntry> published = published(clients);
        List<Listed> all = new ArrayList<>();
        for (CheckpointEntry entry : published) {
            all.add(new Listed(
                    entry, true, directory == null ? null : local.stream().anyMatch(isSame(entry))));
        }
        for (CheckpointEntry entry : local) {
            boolean isKnown = published.stream()
                    .anyMatch(isSame(entry).and(other -> other.name().equals(entry.name())));
            if (!isKnown) {
                all.add(new Listed(entry, false, true));
            }
        }
        all.sort(Comparator.comparing(listed -> listed.entry().name()));
        return all;
    }

    /** None where none was ever published. */
    private static List<CheckpointEntry> published(ClientSettings clients)
            throws DirectoryException, InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            if (TopicUse.read(Topics.CHECKPOINT_NAMES).find(admin).isEmpty()) {
                return List.of();
            }
        }
        try (CheckpointNames names = new CheckpointNames(clients, PATIENCE)) {
            return names.list();
        }
    }

    private static Predicate<CheckpointEntry> isSame(CheckpointEntry entry) {
        return other -> other.checkpoint().equals(entry.checkpoint());
    }
}
