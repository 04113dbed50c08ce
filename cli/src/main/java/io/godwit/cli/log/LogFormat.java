package io.godwit.cli.log;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How logs are written; as the option spells it. */
public enum LogFormat {
    /** Lines for people. */
    text,
    /** One JSON object a line, with what is known of migration, lane and sequence under keys of their own. */
    json;

    /** Read by log4j2.xml when logging is first used. */
    private static final String PROPERTY = "godwit.log.format";
    /** Has threads that are started take the keys of the one that starts them: a process's migration is known to all. */
    private static final String INHERIT_KEYS = "log4j2.isThreadContextMapInheritable";

    /** Has this process log so: before it logs for the first time. */
    public void use() {
        System.setProperty(PROPERTY, name());
        System.setProperty(INHERIT_KEYS, String.valueOf(this == json));
    }

    /**
     * The format that a command line asks for, parsed or not.
     *
     * @param option the option that names one
     */
    public static LogFormat askedFor(String option, String... arguments) {
        List<String> words = Stream.of(arguments)
                .map(argument -> argument.toLowerCase(Locale.ROOT))
                .toList();
        boolean asked = words.contains(option + "=" + json)
                || Collections.indexOfSubList(words, List.of(option, json.name())) >= 0;
        return asked ? json : text;
    }

    /** How this process logs. */
    public static LogFormat current() {
        return json.name().equals(System.getProperty(PROPERTY)) ? json : text;
    }

    /** Whether this process logs JSON. */
    public static boolean isJson() {
        return current() == json;
    }
}
