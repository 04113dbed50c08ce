package io.godwit.consumer;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.checkpoint.local.KnownPages;
import io.godwit.checkpoint.local.LocalPages;
import io.godwit.consumer.apply.HeldCheckpoints;
import io.godwit.consumer.sink.TargetException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The checkpoints that an operator has given a target. */
final class LocalCheckpoints implements HeldCheckpoints, AutoCloseable {
    private final String migration;
    private final ReceiveOptions.Checkpoints options;
    /** All stay open to the end: a lane may still read from the first while another opens more. */
    private final List<LocalPages> opened = new CopyOnWriteArrayList<>();

    LocalCheckpoints(String migration, ReceiveOptions.Checkpoints options) {
        this.migration = migration;
        this.options = options;
    }

    @Override
    public KnownPages open(List<String> ids, int pageSize) throws TargetException, IOException {
        if (options.directory().isEmpty()) {
            check(ids);
            return KnownPages.NONE;
        }
        LocalPages pages = pages(ids, pageSize);
        opened.add(pages);
        check(pages.missing());
        return pages;
    }

    /** What an operator should know of the checkpoints that were opened, a line each. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        opened.forEach(pages -> warnings.addAll(pages.warnings()));
        return warnings;
    }

    @Override
    public void close() throws IOException {
        for (LocalPages pages : opened) {
            pages.close();
        }
    }

    private LocalPages pages(List<String> ids, int pageSize) throws IOException {
        try {
            return CheckpointDirectory.open(options.directory().orElseThrow()).pages(ids, pageSize);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while its checkpoints were opened", e);
        }
    }

    private void check(List<String> missing) throws TargetException {
        if (missing.isEmpty() || options.optional()) {
            return;
        }
        String here = options.directory()
                .map(path -> "which " + path + " does not hold")
                .orElse("and this target was given no --checkpoint-dir");
        throw new TargetException("migration " + migration + " sends hashes of what is in "
                + (missing.size() == 1 ? "checkpoint " : "checkpoints ") + String.join(", ", missing) + ", " + here
                + ": add it with 'godwit checkpoint add NAME ... --checkpoint-dir DIR' ('godwit checkpoint list' tells the"
                + " names), or receive with --without-checkpoint, which reads those pages from the ingress");
    }
}
