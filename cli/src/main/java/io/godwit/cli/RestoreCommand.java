package io.godwit.cli;

import io.godwit.consumer.qemu.GuestRestore;
import io.godwit.report.RoleReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code godwit restore}: a suspended guest goes on. */
@Command(
        name = "restore",
        description =
                "Continues a guest that was received into a RAM directory, in a QEMU that was started with -incoming defer -S,"
                        + " and the machine type, memory and devices of the source.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "The directory is only read: it can be restored again, once more as the same guest. That two of them do not meet",
            "(disks, network addresses, identity) is for you to see to."
        })
final class RestoreCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--ram-dir",
            paramLabel = "DIR",
            required = true,
            description = "The guest: block files, manifest.json and device.state.")
    private Path ramDir;

    @Option(
            names = "--qmp",
            paramLabel = "SOCKET",
            required = true,
            description = "QMP monitor of the QEMU that is to run it, a unix socket.")
    private Path qmp;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        RoleReport report = new GuestRestore(ramDir, qmp).restore();
        if (common.json()) {
            JsonResult.print(spec, report);
        } else {
            ReportText.print(report, spec.commandLine().getOut());
        }
        return Failures.OK;
    }
}
