package io.godwit.cli.metrics;

/** What a role says of itself. Any thread may call it, as often as it is scraped. */
public interface RoleMetrics {
    /** Whether it is ready. */
    Readiness readiness();

    /** Adds its metrics as they stand. The same names each time. */
    void collect(MetricFamilies families);
}
