package io.godwit.cli.cluster;

import io.godwit.directory.HandoverView;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationView;
import java.util.List;
import java.util.Locale;

/**
 * What the directory says of a handover, for people and programs.
 *
 * @param mode {@code verified} or {@code parked}
 * @param state of the attempt
 * @param wanted the only target that may have the guest, or empty
 * @param targets every target agent, as it stands
 * @param committedTo the target that the guest was given to; null where there is none
 * @param released whether the guest has left its source
 * @param continuedBy targets that went on with the guest, more than one where one was started again
 */
public record HandoverDescription(
        String mode,
        int attempt,
        String state,
        String wanted,
        List<Target> targets,
        String committedTo,
        boolean released,
        List<String> continuedBy) {
    /** A target agent; its round is the last that it has applied in every lane. */
    public record Target(String target, String state, int round, String reason) {
        private static Target of(MigrationStatus entry) {
            return new Target(entry.target(), word(entry.state()), entry.round(), entry.reason());
        }
    }

    static HandoverDescription of(MigrationView view) {
        HandoverView handover = view.handover();
        return new HandoverDescription(
                word(handover.mode()),
                view.attempt(),
                word(view.state()),
                handover.wanted(),
                handover.targets().stream().map(Target::of).toList(),
                handover.commit() == null ? null : handover.committedTarget(),
                handover.released(),
                handover.continued().stream().map(MigrationStatus::target).toList());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
