package io.godwit.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code godwit completion}: has a shell complete commands and options. */
@Command(
        name = "completion",
        description = "Prints a script that has bash or zsh complete commands, options and their values.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "In ~/.bashrc or ~/.zshrc:  source <(godwit completion)",
            "For all users of bash:     godwit completion > /etc/bash_completion.d/godwit",
            "With godwit in the PATH; a shell looks for completions by the name that a command is called by."
        })
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        CommandLine godwit = spec.root().commandLine();
        String script = AutoComplete.bash(godwit.getCommandName(), godwit);
        if (common.json()) {
            JsonResult.print(spec, new Result(script));
        } else {
            PrintWriter out = spec.commandLine().getOut();
            out.print(script);
            out.flush();
        }
        return Failures.OK;
    }

    /** What {@code --json} prints. */
    private record Result(String script) {}
}
