package io.godwit.containers;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.github.dockerjava.api.DockerClient;
import org.testcontainers.DockerClientFactory;

/** What containers are made with. */
final class DockerApi {
    private DockerApi() {}

    /** Skips the tests of a class where none answers; fails with {@code CI=true}, as nothing may be missing there. */
    static void require() {
        if (DockerClientFactory.instance().isDockerAvailable()) {
            return;
        }
        String reason = "no Docker API answers, so no container was tested: start Docker or podman's service, and set"
                + " DOCKER_HOST where it is not at its usual place";
        if ("true".equals(System.getenv("CI"))) {
            fail(reason);
        }
        System.err.println("SKIPPED: " + reason);
        abort(reason);
    }

    static DockerClient client() {
        return DockerClientFactory.lazyClient();
    }
}
