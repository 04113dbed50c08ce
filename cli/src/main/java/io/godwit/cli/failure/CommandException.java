package io.godwit.cli.failure;

/** A command cannot do what it was asked. The message is one line for an operator: what happened; what to do. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
