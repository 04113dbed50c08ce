/** The records of the contract and their Avro form. Values are immutable; encoders and decoders may be called by any thread. Parameters and results are never null unless it is said. */
package io.godwit.record;
