package io.godwit.containers;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.OutputFrame.OutputType;
import org.testcontainers.containers.wait.strategy.Wait;

/** A godwit command in a container of the image, as an operator would start it: with no more rights than it needs. */
final class Role extends GenericContainer<Role> {
    /** Where the image has roles serve metrics. */
    static final int METRICS_PORT = 9400;

    private static final Duration START = Duration.ofSeconds(150);
    private static final long MEBIBYTE = 1 << 20;

    private Role() throws IOException, InterruptedException {
        super(Images.godwit());
    }

    /** One that serves, not started yet; it is awaited until it answers. */
    static Role serving(Network network, int memoryMebibytes, String... command)
            throws IOException, InterruptedException {
        return once(network, memoryMebibytes, command)
                .withExposedPorts(METRICS_PORT)
                .waitingFor(Wait.forHttp("/healthz").forPort(METRICS_PORT).withStartupTimeout(START));
    }

    /** One that may be done before anybody has asked it, not started yet. */
    static Role once(Network network, int memoryMebibytes, String... command) throws IOException, InterruptedException {
        return new Role()
                .withNetwork(network)
                .withCommand(command)
                .withTmpFs(Map.of("/tmp", "exec,size=64m"))
                .withCreateContainerCmdModifier(create -> create.getHostConfig()
                        .withMemory(memoryMebibytes * MEBIBYTE)
                        .withReadonlyRootfs(true)
                        .withCapDrop(Capability.ALL));
    }

    /** With a directory of this machine, and as the user it belongs to: what is written there is that user's. */
    Role withDirectory(Path directory, String inside, BindMode mode) throws IOException {
        Object user = Files.getAttribute(directory, "unix:uid");
        return withFileSystemBind(directory.toString(), inside, mode)
                .withCreateContainerCmdModifier(create -> create.withUser(user.toString()));
    }

    Scrape scrape() throws IOException, InterruptedException {
        return Scrape.of(getMappedPort(METRICS_PORT));
    }

    ContainerState state() {
        return DockerClientFactory.lazyClient()
                .inspectContainerCmd(getContainerId())
                .exec()
                .getState();
    }

    boolean runs() {
        return Boolean.TRUE.equals(state().getRunning());
    }

    String result() {
        return getLogs(OutputType.STDOUT);
    }

    /** Sends SIGTERM, and SIGKILL when that did not end it in time. */
    void terminate(Duration grace) {
        DockerClientFactory.lazyClient()
                .stopContainerCmd(getContainerId())
                .withTimeout(Math.toIntExact(grace.toSeconds()))
                .exec();
    }

    /** Sends SIGKILL. */
    void kill() {
        DockerClientFactory.lazyClient().killContainerCmd(getContainerId()).exec();
    }

    /** Pulls the plug of its network. */
    void disconnect(Network network) {
        DockerClientFactory.lazyClient()
                .disconnectFromNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(getContainerId())
                .withForce(true)
                .exec();
    }

    /** Puts it back. */
    void connect(Network network) {
        DockerClientFactory.lazyClient()
                .connectToNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(getContainerId())
                .exec();
    }
}
