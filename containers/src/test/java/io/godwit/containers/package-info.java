/**
 * The image and the Compose file, tested with real containers on real networks.
 *
 * <p>They need a Docker API: Docker, or podman serving it. Without one they are skipped, and say so; with {@code CI=true} they
 * fail. What they start they remove. One thread.
 */
package io.godwit.containers;
