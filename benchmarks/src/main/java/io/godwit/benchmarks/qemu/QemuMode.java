package io.godwit.benchmarks.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.cli.guest.QemuGuest;
import io.godwit.qemu.qmp.QmpClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * QEMU's own migration, from one unix socket to another, with its defaults but for what is named here.
 *
 * @param capabilities switched on at both ends
 * @param parameters set at both ends
 */
record QemuMode(String title, List<String> capabilities, Map<String, Object> parameters) implements Contender {
    static final List<QemuMode> ALL = List.of(
            new QemuMode("plain", List.of(), Map.of()),
            new QemuMode("xbzrle", List.of("xbzrle"), Map.of("xbzrle-cache-size", 256L << 20)),
            new QemuMode("multifd+zstd", List.of("multifd"), Map.of("multifd-compression", "zstd")));

    /** QEMU's own default is 128 MiB/s; no limit is not to be had. */
    private static final long UNLIMITED = 100_000_000_000L;

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @Override
    public Outcome move(QemuGuest source, QemuGuest destination, Cap cap, Path directory) throws Exception {
        Map<String, String> uri = Map.of("uri", "unix:" + directory.resolve("migration"));
        set(source.qmp(), cap);
        set(destination.qmp(), cap);
        destination.qmp().execute("migrate-incoming", uri);
        // The destination goes on by itself, as it does for an operator who does not ask for anything else.
        destination.resume();
        CompletableFuture<Void> resumed = new CompletableFuture<>();
        destination.qmp().onEvent(event -> {
            if (event.name().equals("RESUME")) {
                resumed.complete(null);
            }
        });
        CompletableFuture<String> ended = end(source.qmp());
        source.qmp().execute("migrate", uri);
        String status = ended.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        JsonNode migration = source.qmp().execute("query-migrate");
        if (!status.equals("completed")) {
            throw new IllegalStateException("QEMU's migration ended as " + status + ": "
                    + migration.path("error-desc").asText());
        }
        resumed.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        JsonNode ram = migration.path("ram");
        return new Outcome(
                ram.path("transferred").asLong(), ram.path("dirty-sync-count").asLong(), Map.of());
    }

    private void set(QmpClient qmp, Cap cap) throws IOException {
        Map<String, Object> all = new HashMap<>(parameters);
        all.put("max-bandwidth", cap == Cap.NONE ? UNLIMITED : cap.bytesPerSecond);
        qmp.execute("migrate-set-parameters", all);
        List<Map<String, Object>> switches = capabilities.stream()
                .map(name -> Map.<String, Object>of("capability", name, "state", true))
                .toList();
        qmp.execute("migrate-set-capabilities", Map.of("capabilities", switches));
    }

    private static CompletableFuture<String> end(QmpClient qmp) throws IOException {
        CompletableFuture<String> ended = new CompletableFuture<>();
        qmp.onEvent(event -> {
            String status = event.data().path("status").asText();
            if (event.name().equals("MIGRATION")
                    && List.of("completed", "failed", "cancelled").contains(status)) {
                ended.complete(status);
            }
        });
        return ended;
    }
}
