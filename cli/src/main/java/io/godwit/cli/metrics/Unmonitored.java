package io.godwit.cli.metrics;

import io.godwit.client.ClientSettings;

/** Shows nothing. */
final class Unmonitored implements Monitoring {
    static final Unmonitored INSTANCE = new Unmonitored();

    private Unmonitored() {}

    @Override
    public ClientSettings observe(ClientSettings clients) {
        return clients;
    }

    @Override
    public void show(RoleMetrics role) {
        // Nobody looks.
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
