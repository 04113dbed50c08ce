/**
 * JMH benchmarks of what runs once a page or once a batch, each beside a plain copy of the same bytes.
 *
 * <p>An operation is a byte of guest memory, so the scores, in operations a nanosecond, are GB/s. Working sets are larger than
 * what a branch predictor learns and smaller than the second-level cache. JMH makes an instance a thread.
 */
package io.godwit.benchmarks.kernels;
