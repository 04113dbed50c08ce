package io.godwit.cli.broker;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The broker's two server sockets, bound on the loopback address before anything else is done: a port that is taken is found
 * before a file is written, and a free port cannot be lost between finding and using it.
 */
final class LoopbackSockets implements AutoCloseable {
    private static final int BACKLOG = 50;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final ServerSocketChannel client;
    private final ServerSocketChannel controller;

    private LoopbackSockets(ServerSocketChannel client, ServerSocketChannel controller) {
        this.client = client;
        this.controller = controller;
    }

    /**
     * Binds both.
     *
     * @param clientPort 0 for any free one
     * @throws BrokerException if the port is taken or not allowed
     */
    static LoopbackSockets bind(int clientPort) throws BrokerException {
        ServerSocketChannel client = null;
        try {
            client = bound(clientPort);
            return new LoopbackSockets(client, bound(0));
        } catch (BindException e) {
            throw new BrokerException(
                    "port " + clientPort + " on " + BrokerSettings.LOOPBACK + " cannot be had (" + e.getMessage()
                            + "); stop what uses it, or choose another with --port",
                    e);
        } catch (IOException e) {
            closeQuietly(client);
            throw new BrokerException("no server socket can be opened (" + e.getMessage() + ")", e);
        }
    }

    int clientPort() {
        return port(client);
    }

    int controllerPort() {
        return port(controller);
    }

    /** Hands the sockets to Kafka, which closes them when it shuts down. */
    ServerSocketFactory factory() {
        return (listener, address, backlog, receiveBuffer) ->
                listener.equals(BrokerSettings.CONTROLLER_LISTENER) ? controller : client;
    }

    /** For a start that failed: Kafka closes the sockets that it was given. */
    @Override
    public void close() {
        closeQuietly(client);
        closeQuietly(controller);
    }

    private static ServerSocketChannel bound(int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            // Kafka's acceptor selects on the channel, which a blocking one does not allow.
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), BACKLOG);
            return channel;
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static int port(ServerSocketChannel channel) {
        return channel.socket().getLocalPort();
    }

    private static void closeQuietly(ServerSocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing was accepted on it: there is nothing to lose.
        }
    }
}
