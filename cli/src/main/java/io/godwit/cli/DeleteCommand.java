package io.godwit.cli;

import io.godwit.cli.cluster.Migrations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit delete}: the end of a migration. */
@Command(
        name = "delete",
        description = "Deletes a migration's stream, with the guest memory in it. Its name can be used again.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "Guest memory that the transformer has read stays in the ingress topic until that topic's retention removes it."
        })
final class DeleteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MIGRATION", description = "Name of the migration.", converter = MigrationConverter.class)
    private String migration;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        Migrations.delete(cluster.connect(), migration);
        if (common.json()) {
            JsonResult.print(spec, new Result(migration, "deleted"));
        } else {
            spec.commandLine().getOut().println("Migration " + migration + " is deleted.");
        }
        return Failures.OK;
    }

    /** What {@code --json} prints. */
    private record Result(String migration, String status) {}
}
