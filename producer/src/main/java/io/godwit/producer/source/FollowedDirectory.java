package io.godwit.producer.source;

import io.godwit.hash.ContentHash;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.Precopy;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The memory of a guest that runs, as the files of a RAM directory that its hypervisor maps shared: sent in rounds, of which
 * each sends the pages whose content has changed. Two commands pause the guest for the last round, and resume it where the
 * migration does not go through.
 *
 * <p>Keeps 8 bytes a page. A {@code device.state} beside the files is not sent: it is older than the memory.
 */
public final class FollowedDirectory implements MemorySource {
    private final FollowedMemory memory;
    private final PauseCommands commands;

    /**
     * Opens a RAM directory and its files.
     *
     * @param pauseCommand for {@code sh -c}: when it has ended with exit code 0, nobody writes the files
     * @param resumeCommand for {@code sh -c}: lets the guest run on, or leaves it running
     * @throws io.godwit.ramdir.RamDirectoryException if it is none, or a file does not fit its manifest
     * @throws IOException if the file system fails
     */
    public FollowedDirectory(Path path, String pauseCommand, String resumeCommand) throws IOException {
        commands = new PauseCommands(
                new ShellCommand(pauseCommand, ShellCommand.DEFAULT_LIMIT),
                new ShellCommand(resumeCommand, ShellCommand.DEFAULT_LIMIT));
        memory = new FollowedMemory(
                new BlockFiles(RamDirectory.open(path)),
                commands,
                new ContentHash(new SecureRandom().nextLong()),
                Runtime.getRuntime().availableProcessors());
    }

    @Override
    public String kind() {
        return "ram-dir";
    }

    @Override
    public Manifest manifest() {
        return memory.manifest();
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public void migrate(PageSink sink, PrecopySettings settings, PrecopyListener listener)
            throws IOException, SinkClosedException, InterruptedException {
        new Precopy(memory, settings, listener, System::nanoTime).migrate(sink);
    }

    @Override
    public void resume() {
        commands.resume();
    }

    /** As described there; the guest stays paused, and its hypervisor is the operator's to end. */
    @Override
    public void release() {
        commands.release();
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
