package io.godwit.producer;

import io.godwit.report.RoleReport;
import java.util.List;

/**
 * How a migration's sending ended.
 *
 * @param summary what {@code --json} prints. Status {@code completed}: every lane has ended on the stream; {@code sent}: all
 *     is in the ingress, and no transformer has carried all of it on yet; {@code interrupted}: it was stopped, and the guest
 *     runs on
 * @param attempt the attempt that was sent
 * @param warnings what an operator should know besides, one line each
 */
public record SendReport(RoleReport summary, int attempt, List<String> warnings) {
    public static final String COMPLETED = "completed";
    public static final String SENT = "sent";
    public static final String INTERRUPTED = "interrupted";

    public SendReport {
        warnings = List.copyOf(warnings);
    }
}
