package io.godwit.record;

import java.util.Optional;

/**
 * Numbers that stand for schemas, the same for everybody who asks the same registry. Schemas are their JSON text; what a number
 * stands for never changes, so answers are kept. Any thread may call it, and waits for what is not known yet.
 *
 * <p>A registry that does not answer, or refuses, is no fault of a record: both methods throw an unchecked exception for it,
 * and whoever calls can try again later.
 */
public interface SchemaRegistry {
    /**
     * The number of a schema that is to be written.
     *
     * @param subject the name under which its versions are kept: the record's full name
     */
    int id(String subject, String schema);

    /** The schema that a number stands for; empty if the registry knows none. */
    Optional<String> schema(int id);

    /** Where it is, for messages: never with credentials. */
    String name();
}
