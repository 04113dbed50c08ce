package io.godwit.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What a command did in this JVM: exit code, stdout, stderr. */
record CommandRun(int status, String out, String err) {
    static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Godwit.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new CommandRun(status, out.toString(), err.toString());
    }

    List<String> errLines() {
        return err.lines().toList();
    }

    List<String> outLines() {
        return out.lines().toList();
    }
}
