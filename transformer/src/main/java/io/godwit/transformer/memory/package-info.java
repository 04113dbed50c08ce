/** State stores that live in memory alone, as far as they are all alike. */
package io.godwit.transformer.memory;
