/**
 * The pipeline without a broker, interleaved at random: logs are lists, the source is a model, the transformer's processors and
 * page cache and the consumer's lane appliers are the real ones. After every step the design's invariants are checked, each
 * by its name. One thread; a seed gives the same run every time.
 */
package io.godwit.cli.simulation;
