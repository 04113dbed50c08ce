package io.godwit.cli;

import io.godwit.cli.CommandPages.Argument;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** The commands as manual pages of section 1, in roff with the macros of man(7). */
final class ManPages {
    private ManPages() {}

    /** All pages, by file name. */
    static Map<String, String> print() {
        Map<String, String> pages = new TreeMap<>();
        List<CommandLine> commands = CommandPages.all();
        for (CommandLine command : commands) {
            pages.put(pageName(command) + ".1", page(command, commands));
        }
        return pages;
    }

    /** {@code godwit-checkpoint-add}. */
    private static String pageName(CommandLine command) {
        return CommandPages.name(command).replace(' ', '-');
    }

    private static String page(CommandLine command, List<CommandLine> all) {
        StringBuilder page = new StringBuilder();
        page.append(".\\\" Printed from the code by ReferenceTest; changes here are lost.\n");
        page.append(".TH \"").append(escaped(pageName(command).toUpperCase(Locale.ROOT)));
        page.append("\" \"1\" \"\" \"Godwit\" \"Godwit Manual\"\n.nh\n.ad l\n");
        page.append(".SH NAME\n").append(escaped(pageName(command))).append(" \\- ");
        String description = CommandPages.description(command);
        page.append(escaped(firstSentence(description))).append('\n');
        page.append(".SH SYNOPSIS\n").append(line(CommandPages.synopsis(command)));
        page.append(".SH DESCRIPTION\n").append(line(description));
        arguments(page, CommandPages.arguments(command));
        subcommands(page, command);
        notes(page, CommandPages.footer(command));
        page.append(".SH SEE ALSO\n").append(seeAlso(command, all));
        return page.toString();
    }

    private static void arguments(StringBuilder page, List<Argument> arguments) {
        page.append(".SH OPTIONS\n");
        for (Argument argument : arguments) {
            page.append(".TP\n.B ").append(escaped(argument.written())).append('\n');
            page.append(line(argument.description()));
        }
    }

    private static void subcommands(StringBuilder page, CommandLine command) {
        if (command.getSubcommands().isEmpty()) {
            return;
        }
        page.append(".SH COMMANDS\n");
        for (CommandLine subcommand : command.getSubcommands().values()) {
            page.append(".TP\n.BR ").append(escaped(pageName(subcommand))).append(" (1)\n");
            page.append(line(CommandPages.description(subcommand)));
        }
    }

    private static void notes(StringBuilder page, List<String> paragraphs) {
        if (paragraphs.isEmpty()) {
            return;
        }
        page.append(".SH NOTES\n");
        page.append(paragraphs.stream().map(ManPages::line).collect(Collectors.joining(".PP\n")));
    }

    private static String seeAlso(CommandLine command, List<CommandLine> all) {
        return all.stream()
                .filter(other -> other != command)
                .filter(other -> command.getParent() == null
                        ? other.getParent() == command
                        : other == command.getParent() || other.getParent() == command.getParent())
                .map(other -> ".BR " + escaped(pageName(other)) + " (1)")
                .collect(Collectors.joining(" ,\n", "", "\n"));
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        String sentence = end < 0 ? text : text.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private static String line(String text) {
        return escaped(text) + '\n';
    }

    /** As roff prints it: hyphens are those of options, long lists may be broken, a line that begins with a dot is text. */
    private static String escaped(String text) {
        String safe = text.replace("\\", "\\e").replace("-", "\\-").replaceAll(",(?=\\S)", ",\\\\:");
        return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
    }
}
