package io.godwit.cli.metrics;

import io.godwit.client.ClientSettings;

/** What a process shows of itself, from before its role starts until it is closed. */
public interface Monitoring extends AutoCloseable {
    /** Nobody looks: costs nothing. */
    static Monitoring off() {
        return Unmonitored.INSTANCE;
    }

    /** The settings for clients that are shown, too. */
    ClientSettings observe(ClientSettings clients);

    /** Shows a role; before, the process lives and is not ready. */
    void show(RoleMetrics role);

    @Override
    void close();
}
