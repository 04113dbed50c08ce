package io.godwit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** The one JSON object that {@code --json} prints. Keys in the order of the record's components; absent numbers are null. */
final class JsonResult {
    private JsonResult() {}

    static void print(CommandSpec spec, Record result) {
        PrintWriter out = spec.commandLine().getOut();
        try {
            out.println(new ObjectMapper().writeValueAsString(result));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("result cannot be written as JSON", e);
        }
        out.flush();
    }
}
