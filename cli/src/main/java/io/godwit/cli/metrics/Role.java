package io.godwit.cli.metrics;

import java.util.Locale;

/** Who shows metrics: one role a process. */
public enum Role {
    BROKER,
    TRANSFORM,
    SEND,
    RECEIVE;

    /** Its command's name. */
    public String command() {
        return name().toLowerCase(Locale.ROOT);
    }
}
