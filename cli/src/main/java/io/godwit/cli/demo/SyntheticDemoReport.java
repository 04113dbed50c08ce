package io.godwit.cli.demo;

import io.godwit.report.RoleReport;

/**
 * What a demo showed.
 *
 * @param memoryBytes memory of the guest
 * @param waiting the target that was there before the guest was sent
 * @param late the target that was started after the migration's end, and replayed it
 * @param waitingLagMillis from the moment the sender was done until the waiting target had verified everything; 0 if it was
 *     first
 * @param identical whether the memory of both targets is the guest's, byte for byte
 */
public record SyntheticDemoReport(
        long memoryBytes,
        RoleReport send,
        RoleReport waiting,
        RoleReport late,
        long waitingLagMillis,
        boolean identical) {}
