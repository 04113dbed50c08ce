package io.godwit.containers;

import java.io.IOException;
import java.util.List;
import org.testcontainers.utility.DockerImageName;

/** The images that are tested. */
final class Images {
    /** Name of the image where it was built beforehand, of this checkout: then it is not built again. */
    private static final String VARIABLE = "GODWIT_IMAGE";

    private static String godwit;

    private Images() {}

    static boolean isBuiltBeforehand() {
        return System.getenv(VARIABLE) != null;
    }

    /** That of the Dockerfile. */
    static synchronized DockerImageName godwit() throws IOException, InterruptedException {
        if (godwit == null) {
            godwit = isBuiltBeforehand() ? System.getenv(VARIABLE) : build();
        }
        return DockerImageName.parse(godwit);
    }

    /** That of a service of the Compose file. */
    static DockerImageName of(String service) {
        return DockerImageName.parse(ComposeFile.read().image(service));
    }

    private static String build() throws IOException, InterruptedException {
        String name = "godwit:tested";
        Shell.run(List.of("docker", "build", "-q", "-t", name, Checkout.root().toString()));
        return name;
    }
}
