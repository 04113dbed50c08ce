/** What pages are compared by: the page hash (XXH3) and SHA-256. Knows neither Kafka nor Avro. Parameters and results are never null unless it is said. */
package io.godwit.hash;
