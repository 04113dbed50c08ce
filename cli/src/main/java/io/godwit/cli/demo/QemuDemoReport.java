package io.godwit.cli.demo;

import io.godwit.report.RoleReport;

/**
 * What a demo with a real guest showed.
 *
 * @param memoryBytes memory of the guest
 * @param qemu version of QEMU
 * @param lastBefore the guest's last heartbeat at its source: how often its heart had beaten
 * @param firstAfter its first one at its destination
 * @param last the last one that was waited for
 * @param pauseMillis between these two, as an onlooker saw it
 * @param sourceState run state of the QEMU that it left
 * @param destinationState run state of the QEMU that it is in
 * @param fault what the guest noticed; null where it noticed nothing
 */
public record QemuDemoReport(
        long memoryBytes,
        String qemu,
        RoleReport send,
        RoleReport receive,
        long lastBefore,
        long firstAfter,
        long last,
        long pauseMillis,
        String sourceState,
        String destinationState,
        String fault) {}
