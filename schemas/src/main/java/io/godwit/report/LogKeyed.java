package io.godwit.report;

import java.util.Map;

/** A failure that concerns a part of a migration: the event that tells of it carries these keys. */
public interface LogKeyed {
    /** Values by key, of {@link LogKeys}. */
    Map<String, String> logKeys();
}
