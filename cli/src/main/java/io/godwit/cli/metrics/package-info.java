/**
 * What a role that runs shows of itself over HTTP: its metrics for Prometheus, whether it lives, whether it is ready.
 *
 * <p>Where nobody asks for it there is no server, no registry, and Kafka's clients report to nobody. Numbers are read when
 * they are asked for, from what roles and clients count anyway: nothing is counted here. {@code docs/metrics.md} lists all of
 * it, and a test holds the two together. The only package that knows Prometheus' client library. Parameters and results are
 * never null unless it is said.
 */
package io.godwit.cli.metrics;
