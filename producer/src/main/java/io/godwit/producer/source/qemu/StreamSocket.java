package io.godwit.producer.source.qemu;

import io.godwit.files.TemporaryDirectory;
import io.godwit.producer.precopy.GuestException;
import io.godwit.qemu.stream.StreamInput;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * The socket that QEMU writes its stream to: a unix socket that only this user can reach, in a directory of its own, both of
 * which are gone as soon as QEMU has connected. One thread, but for {@link #close}.
 */
final class StreamSocket implements StreamInput, AutoCloseable {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);
    /** How long a read waits before it says that nothing came. */
    private static final long IDLE_MILLIS = 20;

    private final TemporaryDirectory directory;
    private final Path path;
    private final ServerSocketChannel server;
    private final Selector selector;
    private SocketChannel channel;

    private StreamSocket(TemporaryDirectory directory, ServerSocketChannel server, Selector selector) {
        this.directory = directory;
        this.path = socketIn(directory);
        this.server = server;
        this.selector = selector;
    }

    /** Listens at a new place. */
    static StreamSocket listen() throws IOException {
        TemporaryDirectory directory = TemporaryDirectory.create("godwit-");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socketIn(directory)));
            Files.setPosixFilePermissions(socketIn(directory), PosixFilePermissions.fromString("rw-------"));
            server.configureBlocking(false);
            return new StreamSocket(directory, server, Selector.open());
        } catch (IOException e) {
            server.close();
            directory.close();
            throw e;
        }
    }

    /** What QEMU is to connect to. */
    Path path() {
        return path;
    }

    /** Waits for QEMU to connect. */
    void accept() throws IOException {
        server.register(selector, SelectionKey.OP_ACCEPT);
        selector.select(CONNECT_PATIENCE.toMillis());
        channel = server.accept();
        if (channel == null) {
            throw new GuestException(
                    "QEMU does not connect to " + path + " within " + CONNECT_PATIENCE.toSeconds() + " s");
        }
        removeServer();
        channel.configureBlocking(false);
        selector.selectNow();
        channel.register(selector, SelectionKey.OP_READ);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int read = channel.read(target);
        if (read == 0) {
            selector.select(IDLE_MILLIS);
            selector.selectedKeys().clear();
            read = channel.read(target);
        }
        return read;
    }

    /** Says something on the return path. */
    void write(ByteBuffer message) throws IOException {
        while (message.hasRemaining()) {
            // Messages have a few bytes, and QEMU reads them all the time: there is room.
            channel.write(message);
        }
    }

    /** Breaks the stream off, where it has not ended. */
    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        removeServer();
        selector.close();
    }

    private void removeServer() throws IOException {
        server.close();
        directory.close();
    }

    private static Path socketIn(TemporaryDirectory directory) {
        return directory.path().resolve("migration");
    }
}
