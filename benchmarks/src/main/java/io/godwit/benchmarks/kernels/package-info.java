/**
 * JMH benchmarks of what runs once a page or once a batch, each beside a plain copy of the same bytes. One operation is one
 * page (or one payload), so bytes a second are operations a second times the page's bytes. JMH makes an instance a thread.
 */
package io.godwit.benchmarks.kernels;
