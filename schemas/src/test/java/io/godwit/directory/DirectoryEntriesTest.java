package io.godwit.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DirectoryEntriesTest {
    private final DirectoryEntries entries = new DirectoryEntries();

    @Test
    void theFirstClaimOfAnAttemptHasItWhateverComesLater() {
        apply(status(1, MigrationState.CLAIMED, "first", -1));
        apply(status(1, MigrationState.CLAIMED, "second", -1));

        assertThat(entries.owner("vm", 1)).isEqualTo("first");
        assertThat(entries.lastAttempt("vm")).isEqualTo(1);
    }

    @Test
    void aClaimAloneIsNoMigration() {
        apply(status(1, MigrationState.CLAIMED, "a", -1));

        assertThat(entries.view("vm")).isNull();
        assertThat(entries.migrations()).isEmpty();
    }

    @Test
    void aMigrationIsCompleteOnceEveryLaneOfItsNewestAttemptHasEnded() {
        apply(status(1, MigrationState.SENDING, "a", -1));
        apply(status(1, MigrationState.LANE_ENDED, "t", 0));
        assertThat(entries.view("vm").isComplete()).isFalse();

        apply(status(1, MigrationState.LANE_ENDED, "t", 1));
        assertThat(entries.view("vm").isComplete()).isTrue();
    }

    @Test
    void endsOfAnOlderAttemptDoNotCount() {
        apply(status(1, MigrationState.SENDING, "a", -1));
        apply(status(1, MigrationState.LANE_ENDED, "t", 0));
        apply(status(1, MigrationState.LANE_ENDED, "t", 1));
        apply(status(2, MigrationState.SENDING, "b", -1));

        assertThat(entries.view("vm").isComplete()).isFalse();
        assertThat(entries.view("vm").lanesEnded()).isEmpty();
    }

    @Test
    void aFailedLaneFailsItsAttemptEvenAfterTheSourceSaysSent() {
        apply(status(1, MigrationState.SENDING, "a", -1));
        apply(status(1, MigrationState.FAILED, "t", 1));
        apply(status(1, MigrationState.SENT, "a", -1));

        assertThat(entries.view("vm").state()).isEqualTo(MigrationState.FAILED);
        assertThat(entries.view("vm").failures()).containsEntry(1, "why");

        apply(status(2, MigrationState.SENDING, "b", -1));
        assertThat(entries.view("vm").state()).isEqualTo(MigrationState.SENDING);
    }

    @Test
    void aDeletedMigrationIsGoneButItsAttemptNumberIsNotUsedAgain() {
        apply(status(3, MigrationState.SENDING, "a", -1));
        apply(status(3, MigrationState.DELETED, "a", -1));

        assertThat(entries.view("vm")).isNull();
        assertThat(entries.migrations()).isEmpty();
        assertThat(entries.lastAttempt("vm")).isEqualTo(3);
    }

    @Test
    void whatIsSaidLateOfADeletedMigrationDoesNotBringItBack() {
        apply(status(1, MigrationState.SENDING, "a", -1));
        apply(status(1, MigrationState.DELETED, "b", -1));
        apply(status(1, MigrationState.SENT, "a", -1));
        apply(status(1, MigrationState.LANE_ENDED, "t", 0));

        assertThat(entries.view("vm")).isNull();
        assertThat(entries.migrations()).isEmpty();

        apply(status(2, MigrationState.SENDING, "c", -1));
        assertThat(entries.view("vm").attempt()).isEqualTo(2);
        assertThat(entries.view("vm").lanesEnded()).isEmpty();
    }

    @Test
    void whatAFencedOffSourceSaysLateDoesNotHideTheNewerAttempt() {
        apply(status(1, MigrationState.SENDING, "a", -1));
        apply(status(2, MigrationState.SENDING, "b", -1));
        apply(status(2, MigrationState.SENT, "b", -1));
        apply(status(1, MigrationState.INTERRUPTED, "a", -1));

        assertThat(entries.view("vm").attempt()).isEqualTo(2);
        assertThat(entries.view("vm").state()).isEqualTo(MigrationState.SENT);
    }

    @Test
    void aTombstoneRemovesItsEntry() {
        apply(status(1, MigrationState.SENDING, "a", -1));
        MigrationStatus ended = status(1, MigrationState.LANE_ENDED, "t", 0);
        apply(ended);
        entries.apply(ended.key(), null);

        assertThat(entries.view("vm").lanesEnded()).isEmpty();
    }

    @Test
    void everyStateSurvivesItsWireForm() throws Exception {
        for (MigrationState state : MigrationState.values()) {
            MigrationStatus status = status(7, state, "agent", 3);
            assertThat(MigrationStatusCodec.decode(MigrationStatusCodec.encode(status)))
                    .isEqualTo(status);
        }
    }

    private void apply(MigrationStatus status) {
        entries.apply(status.key(), status);
    }

    private static MigrationStatus status(int attempt, MigrationState state, String agent, int lane) {
        return new MigrationStatus("vm", attempt, state, agent, "id", lane, 2, 4096, "ram-dir", "why", 1L);
    }
}
