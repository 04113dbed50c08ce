package io.godwit.cli;

import io.godwit.cli.access.AclCommands;
import io.godwit.cli.access.Grant;
import io.godwit.cli.access.Role;
import io.godwit.transformer.TransformerConfig;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit acls}: what a role has to be allowed. */
@Command(
        name = "acls",
        description =
                "Prints the commands that give a principal the least rights of a role in a cluster with ACLs. Asks no"
                        + " cluster, changes nothing.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "Roles: source, source-checkpoint, target, target-repairs, target-handover, transformer, checkpoints,"
                    + " checkpoint-migration, checkpoint-list, list, describe, cancel, delete, topics.",
            "Run what is printed with BROKERS set to the cluster's address, and an administrator's admin.properties."
        })
final class AclsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ROLE", description = "What the principal does.", converter = RoleConverter.class)
    private Role role;

    @Option(
            names = "--principal",
            required = true,
            paramLabel = "PRINCIPAL",
            description = "Whom the cluster knows its clients as: User:NAME of SASL, User:CN=... of certificates.")
    private String principal;

    @Option(
            names = "--migration",
            paramLabel = "ID",
            converter = MigrationConverter.class,
            description = "For this migration alone. Default: for any.")
    private String migration;

    @Option(
            names = "--application-id",
            paramLabel = "ID",
            defaultValue = TransformerConfig.DEFAULT_APPLICATION_ID,
            description = "Group of the transformers. Default: ${DEFAULT-VALUE}.")
    private String applicationId;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        List<Grant> grants = migration == null ? role.grants() : role.grants(migration);
        grants = grants.stream().map(grant -> grant.inGroup(applicationId)).toList();
        if (common.json()) {
            JsonResult.print(spec, new Result(role.title(), principal, grants));
        } else {
            AclCommands.of(principal, grants).forEach(spec.commandLine().getOut()::println);
        }
        return Failures.OK;
    }

    /** What {@code --json} prints. */
    private record Result(String role, String principal, List<Grant> grants) {}
}
