/**
 * Compares the page cache with QEMU's, with LRU and with the best that is possible, on traces of sent pages: hit rates only,
 * no bytes and no time. One thread.
 */
package io.godwit.benchmarks.cache;
