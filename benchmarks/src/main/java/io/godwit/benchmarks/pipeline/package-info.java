/**
 * The end-to-end benchmark: real roles in processes of their own, beside a bare two-hop Kafka pass-through of the same
 * bytes in the same run. Measures; holds no part of the product.
 */
package io.godwit.benchmarks.pipeline;
