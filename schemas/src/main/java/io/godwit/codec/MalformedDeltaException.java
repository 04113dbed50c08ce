package io.godwit.codec;

/** A delta that breaks XBZRLE's rules: names the rule and where in the delta it is broken. Never carries page content. */
public final class MalformedDeltaException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedDeltaException(String message) {
        super(message);
    }
}
