package io.godwit.producer.source;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.Precopy;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.qemu.stream.Preamble;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.StreamBody.DeviceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The memory of a guest that does not run, as the files of a RAM directory: read once, in one round. Where it has device
 * state, a guest is suspended there, which targets may continue.
 */
public final class RamDirectorySource implements MemorySource {
    private static final int MAX_DEVICE_STATE_BYTES = 256 << 20;

    private final FileMemory memory;
    private final Path deviceState;

    /**
     * Opens a RAM directory and its files.
     *
     * @throws io.godwit.ramdir.RamDirectoryException if it is none, or a file does not fit its manifest
     * @throws IOException if the file system fails
     */
    public RamDirectorySource(Path path) throws IOException {
        memory = new FileMemory(new BlockFiles(RamDirectory.open(path)));
        deviceState = path.resolve(RamDirectory.DEVICE_STATE_FILE);
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
        return false;
    }

    @Override
    public void migrate(PageSink sink, PrecopySettings settings, PrecopyListener listener)
            throws IOException, SinkClosedException, InterruptedException {
        if (!Files.exists(deviceState)) {
            new Precopy(memory, settings, listener, System::nanoTime).migrate(sink);
            return;
        }
        byte[] state = readDeviceState();
        int preamble = Preamble.parse(state).length();
        sink.deviceState(Arrays.copyOf(state, preamble), false);
        new Precopy(memory, settings, listener, System::nanoTime).migrate(sink);
        for (int at = preamble; at < state.length; at += DeviceState.MAX_BYTES) {
            int end = Math.min(state.length, at + DeviceState.MAX_BYTES);
            sink.deviceState(Arrays.copyOfRange(state, at, end), end == state.length);
        }
    }

    private byte[] readDeviceState() throws IOException {
        long bytes = Files.size(deviceState);
        if (bytes > MAX_DEVICE_STATE_BYTES) {
            throw new IOException(deviceState + " has " + bytes + " bytes; at most " + MAX_DEVICE_STATE_BYTES
                    + " of device state are carried");
        }
        return Files.readAllBytes(deviceState);
    }

    @Override
    public void resume() {
        // No guest was stopped.
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
