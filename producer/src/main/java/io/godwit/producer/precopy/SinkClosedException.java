package io.godwit.producer.precopy;

/** The sink takes nothing more: the migration was stopped, or it failed on the sink's side. The sink's owner knows why. */
public final class SinkClosedException extends Exception {
    private static final long serialVersionUID = 1L;

    public SinkClosedException(String message) {
        super(message);
    }
}
