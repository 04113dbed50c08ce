/** Page encodings: zero and fill test, XBZRLE. On nothing but the JDK; knows neither Kafka nor Avro. Static and stateless: any thread may call it. Parameters and results are never null unless it is said. */
package io.godwit.codec;
