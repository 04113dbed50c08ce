package io.godwit.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsLineUpAndLinesDoNotTrail() {
        StringWriter text = new StringWriter();

        new Table().row("NAME", "N", "").row("a", 1234, "x").row("bc").print(new PrintWriter(text));

        assertThat(text.toString().lines()).containsExactly("NAME  N", "a     1234  x", "bc");
    }
}
