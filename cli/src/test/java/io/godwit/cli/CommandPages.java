package io.godwit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The commands as the code has them, for pages that are printed from it. */
final class CommandPages {
    private static final String REQUIRED = "required";

    private CommandPages() {}

    /**
     * An option or a parameter of a command.
     *
     * @param written as on a command line
     * @param absent what happens where it is left out: its default, {@code required}, or nothing
     */
    record Argument(String written, String description, String absent) {}

    /** The command itself and every subcommand, each before its own. */
    static List<CommandLine> all() {
        try (StopSignal signal = StopSignal.install()) {
            return withSubcommands(Godwit.commandLine(signal)).toList();
        }
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(CommandPages::withSubcommands));
    }

    /** {@code godwit checkpoint add}. */
    static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    static List<Argument> arguments(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        List<Argument> arguments = new ArrayList<>();
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            arguments.add(new Argument(parameter.paramLabel(), text(parameter.description()), REQUIRED));
        }
        for (OptionSpec option : spec.options()) {
            String names = String.join(", ", option.names());
            arguments.add(new Argument(
                    option.arity().max() == 0 ? names : names + " " + option.paramLabel(),
                    text(option.description()),
                    absent(option)));
        }
        return arguments;
    }

    private static String absent(OptionSpec option) {
        ArgGroupSpec group = option.group();
        if (group != null && group.exclusive() && group.multiplicity().min() > 0) {
            return "one of these is required";
        }
        if (group == null && option.required()) {
            return REQUIRED;
        }
        String value = option.arity().max() == 0 ? null : option.defaultValue();
        return value == null || value.isEmpty() ? "" : "`" + value + "`";
    }

    /** How the command is called, in one line. */
    static String synopsis(CommandLine command) {
        String custom = String.join(" ", usage(command).customSynopsis());
        if (!custom.isEmpty()) {
            return custom;
        }
        Help help = new Help(command.getCommandSpec(), Help.defaultColorScheme(Help.Ansi.OFF));
        return help.synopsis(0).strip().replaceAll("\\s+", " ");
    }

    static String description(CommandLine command) {
        return text(usage(command).description());
    }

    /** Paragraphs that stand below the options. */
    static List<String> footer(CommandLine command) {
        return Stream.of(usage(command).footer())
                .filter(line -> !line.isBlank())
                .toList();
    }

    private static UsageMessageSpec usage(CommandLine command) {
        return command.getCommandSpec().usageMessage();
    }

    private static String text(String[] lines) {
        return String.join(" ", lines).replace("%n", " ").strip();
    }
}
