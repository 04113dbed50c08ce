package io.godwit.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.client.ClientSettings;
import io.godwit.record.CheckpointEntry;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamedCheckpointsTest {
    private static final CheckpointEntry BASE = entry("base", "a", 4096);
    private static final CheckpointEntry SAME = entry("same", "a", 4096);
    private static final CheckpointEntry LARGE = entry("large", "b", 65536);

    @Test
    void namesOfOneCheckpointGiveItsIdOnce() throws Exception {
        NamedCheckpoints named = NamedCheckpoints.of(List.of(BASE, LARGE, SAME), List.of("same", "large", "base"));

        assertThat(named.ids()).containsExactly("a".repeat(64), "b".repeat(64));
    }

    @Test
    void nobodyIsAskedWhereNoneIsNamed() throws Exception {
        ClientSettings nobody = ClientSettings.of("127.0.0.1:1");

        assertThat(NamedCheckpoints.find(nobody, Duration.ofMillis(1), List.of())
                        .ids())
                .isEmpty();
    }

    @Test
    void anUnknownNameIsToldWithThoseThatThereAre() {
        assertThatThrownBy(() -> NamedCheckpoints.of(List.of(BASE, SAME), List.of("bas")))
                .isInstanceOf(SourceException.class)
                .hasMessage("no checkpoint is named bas, only base, same; add it first (godwit checkpoint add bas)");
        assertThatThrownBy(() -> NamedCheckpoints.of(List.of(), List.of("bas")))
                .hasMessage("no checkpoint is named bas, there are none; add it first (godwit checkpoint add bas)");
        List<CheckpointEntry> many = IntStream.range(0, 11)
                .mapToObj(number -> entry("n" + number, "a", 4096))
                .toList();
        assertThatThrownBy(() -> NamedCheckpoints.of(many, List.of("bas")))
                .hasMessage("no checkpoint is named bas, only n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and more"
                        + " (godwit checkpoint list); add it first (godwit checkpoint add bas)");
    }

    @Test
    void aCheckpointOfOtherPagesThanTheGuestsIsNamed() throws Exception {
        NamedCheckpoints named = NamedCheckpoints.of(List.of(BASE, LARGE), List.of("base", "large"));

        assertThatThrownBy(() -> named.checkPageSize(4096))
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("checkpoint large has pages of 65536 bytes, the guest has pages of 4096: ");
        NamedCheckpoints.of(List.of(BASE, LARGE), List.of("base")).checkPageSize(4096);
    }

    private static CheckpointEntry entry(String name, String digit, int pageSize) {
        return new CheckpointEntry(name, digit.repeat(64), pageSize, 2, 1, "ram-dir", 1);
    }
}
