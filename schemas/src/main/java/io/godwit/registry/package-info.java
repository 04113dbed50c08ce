/**
 * A schema registry that speaks Confluent's REST interface, as far as records need it: numbers of schemas, schemas of numbers,
 * and what versions may follow one another. Knows nothing of Avro or of records. Prints no credentials, and puts them into no
 * exception. Parameters and results are never null unless it is said.
 */
package io.godwit.registry;
