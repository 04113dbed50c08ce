/** Compression of payloads, as a whole. Parameters and results are never null unless it is said. */
package io.godwit.payload;
