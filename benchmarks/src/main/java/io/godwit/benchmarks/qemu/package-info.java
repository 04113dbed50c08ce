/**
 * Moves of a running QEMU guest, measured: by QEMU's own migration and by Godwit, of the same guest, in the same run, on the
 * same machine. Measures; holds no part of the product.
 *
 * <p>Threads: one measures; meters and consoles read on threads of their own.
 */
package io.godwit.benchmarks.qemu;
