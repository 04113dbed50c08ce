package io.godwit.cli.checkpoint;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.checkpoint.publish.CheckpointPublisher;
import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.directory.DirectoryException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The end of a checkpoint in the cluster, then on this host. */
public final class CheckpointRemoval {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private CheckpointRemoval() {}

    /**
     * What was removed.
     *
     * @param published names in the cluster
     * @param isLocal whether this host had it
     */
    public record Removed(List<String> published, boolean isLocal) {}

    /**
     * Removes what there is of a name.
     *
     * @param directory of this host's checkpoints, null where they are to stay
     * @throws CommandException if there is nothing of that name
     */
    public static Removed remove(ClientSettings clients, Path directory, String name)
            throws IOException, CommandException, DirectoryException, InterruptedException {
        try (CheckpointPublisher publisher = new CheckpointPublisher(clients, PATIENCE, Replication.OF_BROKERS)) {
            List<String> published = publisher.remove(name);
            boolean isLocal =
                    directory != null && CheckpointDirectory.open(directory).remove(name);
            if (published.isEmpty() && !isLocal) {
                throw new CommandException("there is no checkpoint " + name + " in the cluster"
                        + (directory == null
                                ? " (add --checkpoint-dir to look on this host too)"
                                : " or in " + directory)
                        + "; 'godwit checkpoint list' shows those that there are");
            }
            return new Removed(published, isLocal);
        }
    }
}
