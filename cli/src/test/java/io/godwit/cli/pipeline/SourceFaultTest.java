package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.producer.SendReport;
import io.godwit.producer.SourceException;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamRecord;
import io.godwit.report.RoleReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sources are killed or fenced off in mid-migration, and the migration is sent again: attempts. */
@Timeout(120)
class SourceFaultTest {
    private static final int PAGES = 4096;
    private static final int WRITES = 60;

    @TempDir
    static Path data;

    private static Cluster cluster;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(data);
        cluster.transform();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aSourceThatWasKilledIsSentAgainAndOnlyWhatChangedGoesInFull() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 1);
        memory.save(temp.resolve("source"));
        Background<RoleReport> waiting = cluster.receive("killed", temp.resolve("waiting"));
        try (RoleProcess sender = sendSlowly("killed")) {
            cluster.awaitStream("killed", 40);
            sender.kill();
        }
        cluster.awaitTransformed("killed");
        Set<Long> inFirstAttempt = pages("killed", 1, Set.of(PageEncoding.values()));
        memory.clean();
        memory.write(WRITES, Write.EDIT, Write.REWRITE);
        SendReport sent = cluster.send("killed", new ScriptedGuest(memory).round(() -> {}))
                .get();

        assertThat(sent.attempt()).isEqualTo(2);
        assertThat(waiting.get().verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("waiting"));
        cluster.receive("killed", temp.resolve("late")).get();
        memory.assertArrivedIn(temp.resolve("late"));
        Set<Long> inFull = pages("killed", 2, Set.of(PageEncoding.NORMAL));
        inFull.retainAll(inFirstAttempt);
        assertThat(inFirstAttempt).hasSizeGreaterThan(PAGES / 8).hasSizeLessThan(PAGES);
        assertThat(inFull)
                .as("pages that the first attempt had sent, and that the second sent in full")
                .hasSizeLessThanOrEqualTo(WRITES);
    }

    @Test
    void anAttemptThatEndsInItsSecondRoundIsGoneOnWith() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 2);
        Gate gate = new Gate();
        ScriptedGuest first =
                new ScriptedGuest(memory).round(() -> {}).round(() -> memory.write(WRITES, Write.EDIT), gate);
        Background<RoleReport> waiting = cluster.receive("second-round", temp.resolve("waiting"));
        Background<SendReport> fenced = cluster.send("second-round", first);
        gate.awaitArrival();
        cluster.awaitTransformed("second-round");
        ScriptedGuest second = new ScriptedGuest(memory)
                .round(() -> memory.write(WRITES, Write.values()))
                .round(() -> memory.write(WRITES, Write.EDIT));
        SendReport sent = cluster.send("second-round", second).get();
        gate.open();

        assertThat(sent.attempt()).isEqualTo(2);
        assertThatThrownBy(fenced::get)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("attempt 1 of migration second-round was fenced off by attempt 2");
        assertThat(waiting.get().verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("waiting"));
        cluster.receive("second-round", temp.resolve("late")).get();
        memory.assertArrivedIn(temp.resolve("late"));
        assertThat(pages("second-round", 2, Set.of(PageEncoding.NORMAL)))
                .as("pages that the second attempt sent in full")
                .hasSizeLessThanOrEqualTo(WRITES);
    }

    @Test
    void whatAFencedOffSourceStillSendsIsPassedOver() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 3);
        Gate old = new Gate();
        Gate mid = new Gate();
        Background<RoleReport> waiting = cluster.receive("fenced", temp.resolve("waiting"));
        Background<SendReport> first = cluster.send("fenced", new ScriptedGuest(memory).round(() -> {}, old));
        old.awaitArrival();
        TestMemory changed = TestMemory.mixed(PAGES, 4);
        Background<SendReport> second = cluster.send(
                "fenced",
                new ScriptedGuest(changed).round(() -> {}, mid).round(() -> changed.write(WRITES, Write.EDIT)));
        mid.awaitArrival();
        // The first source looks into the directory once a second only: until then it goes on with its own memory.
        old.open();
        assertThatThrownBy(first::get).isInstanceOf(SourceException.class);
        mid.open();

        assertThat(second.get().summary().status()).isEqualTo("completed");
        assertThat(waiting.get().verified()).isTrue();
        changed.assertArrivedIn(temp.resolve("waiting"));
        cluster.receive("fenced", temp.resolve("late")).get();
        changed.assertArrivedIn(temp.resolve("late"));
    }

    private RoleProcess sendSlowly(String migration) throws IOException {
        return RoleProcess.start(
                temp,
                "send",
                migration,
                "--bootstrap-server",
                cluster.bootstrapServers(),
                "--ram-dir",
                temp.resolve("source").toString(),
                "--max-bandwidth",
                "1M");
    }

    /** The pages that {@code attempt} has under one of {@code encodings}, in lanes that the first attempt did not end. */
    private static Set<Long> pages(String migration, int attempt, Set<PageEncoding> encodings) throws Exception {
        Set<Long> pages = new HashSet<>();
        for (List<StreamRecord> lane : cluster.readStream(migration)) {
            if (hasEnded(lane, 1)) {
                // The transformer has let go of its pages.
                continue;
            }
            for (StreamRecord record : lane) {
                if (record.attempt() == attempt && record.body() instanceof PageBatch batch) {
                    addPages(pages, batch.runs(), encodings);
                }
            }
        }
        return pages;
    }

    private static boolean hasEnded(List<StreamRecord> lane, int attempt) {
        return lane.stream().anyMatch(record -> record.attempt() == attempt && record.body() instanceof EndOfStream);
    }

    private static void addPages(Set<Long> pages, PageRuns runs, Set<PageEncoding> encodings) {
        for (int run = 0; run < runs.size(); run++) {
            for (int page = 0; page < runs.count(run) && encodings.contains(runs.encoding(run)); page++) {
                pages.add(runs.index(run) + page);
            }
        }
    }
}
