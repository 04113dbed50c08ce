package io.godwit.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class CarriedRoundsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private long nowNanos;
    private final List<SourceException> refused = new ArrayList<>();
    private MigrationView view;
    private final CarriedRounds rounds = new CarriedRounds(() -> view, PATIENCE, () -> nowNanos, null, refused::add);

    @Test
    void aRoundIsCarriedOnceItsEndIsOnTheStreamInEveryLane() {
        view = view(2, 1);
        assertThat(rounds.isCarried(1)).isTrue();
        assertThat(rounds.isCarried(2)).isFalse();

        view = view(2, 2);
        assertThat(rounds.isCarried(2)).isTrue();
    }

    @Test
    void aTransformerThatHasNotTakenUpTheAttemptIsWaitedForOnlyShortly() {
        view = view(0, 0);
        assertThat(rounds.isCarried(1)).isFalse();
        nowNanos += Duration.ofSeconds(3).toNanos();
        assertThat(rounds.isCarried(1)).isTrue();
    }

    @Test
    void aTransformerThatHasBegunIsWaitedForAsLongAsKafkaMayBeOutOfReach() {
        view = view(1, 0);
        assertThat(rounds.isCarried(1)).isFalse();
        nowNanos += Duration.ofSeconds(29).toNanos();
        assertThat(rounds.isCarried(1)).isFalse();
        nowNanos += Duration.ofSeconds(2).toNanos();
        assertThat(rounds.isCarried(1)).isTrue();
    }

    @Test
    void everyRoundIsWaitedForAnew() {
        view = view(1, 0);
        assertThat(rounds.isCarried(1)).isFalse();
        nowNanos += Duration.ofSeconds(29).toNanos();
        assertThat(rounds.isCarried(2)).isFalse();
        nowNanos += Duration.ofSeconds(29).toNanos();
        assertThat(rounds.isCarried(2)).isFalse();
    }

    @Test
    void aDirectoryOutOfReachIsNotWaitedFor() {
        CarriedRounds unreachable = new CarriedRounds(
                () -> {
                    throw new TimeoutException("no answer");
                },
                PATIENCE,
                () -> nowNanos,
                null,
                refused::add);

        assertThat(unreachable.isCarried(1)).isTrue();
    }

    @Test
    void anAttemptThatNoLongerCountsIsNeverCarried() {
        CarriedRounds fenced = new CarriedRounds(
                () -> {
                    throw new SourceException("fenced off");
                },
                PATIENCE,
                () -> nowNanos,
                null,
                refused::add);

        assertThat(fenced.isCarried(1)).isFalse();
        nowNanos += PATIENCE.toNanos() * 2;
        assertThat(fenced.isCarried(1)).isFalse();
        assertThat(refused).first().extracting(Throwable::getMessage).isEqualTo("fenced off");
    }

    private static MigrationView view(int lanesBegun, int roundOnStream) {
        return new MigrationView(
                "vm",
                1,
                MigrationState.SENDING,
                "id",
                2,
                4096,
                "synthetic",
                "",
                lanesBegun,
                roundOnStream,
                null,
                Set.of(),
                new TreeMap<>(),
                null,
                1);
    }
}
