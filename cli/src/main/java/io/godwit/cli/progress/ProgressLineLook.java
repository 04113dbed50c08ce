package io.godwit.cli.progress;

import io.godwit.cli.text.Sizes;
import java.io.PrintWriter;

/** Plain lines, for logs: one when there is something new to say. */
final class ProgressLineLook implements ProgressLook {
    private final PrintWriter err;
    private final String name;
    private String last = "";

    ProgressLineLook(PrintWriter err, String name) {
        this.err = err;
        this.name = name;
    }

    @Override
    public void show(ProgressView view) {
        String line = line(view);
        if (!line.equals(last)) {
            last = line;
            err.println(name + ": " + line);
            err.flush();
        }
    }

    @Override
    public void end() {
        // The last line says where it was; what came of it is the command's to print.
    }

    private static String line(ProgressView view) {
        StringBuilder line = new StringBuilder(view.phase());
        if (view.totalBytes() > 0) {
            line.append(", ")
                    .append(Sizes.format(view.doneBytes()))
                    .append(" of ")
                    .append(Sizes.format(view.totalBytes()));
        }
        return view.detail().isEmpty()
                ? line.toString()
                : line.append(", ").append(view.detail()).toString();
    }
}
