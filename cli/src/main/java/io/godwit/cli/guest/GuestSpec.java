package io.godwit.cli.guest;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A guest to start. Source and destination of a move are started with equal specifications, but for where memory lies.
 *
 * @param memoryMebibytes the guest's memory
 * @param workload the guest's parameters, as {@code .ci/guest/init.c} lists them, without their prefix, separated by blanks:
 *     {@code "hot=16M writes=4000"}
 * @param sharedMemory whether its RAM lies in a file that others can map; else QEMU alone has it
 * @param options further options of QEMU, which win over its own
 */
public record GuestSpec(int memoryMebibytes, String workload, boolean sharedMemory, List<String> options) {
    public GuestSpec {
        options = List.copyOf(options);
        Objects.requireNonNull(workload, "workload");
        if (memoryMebibytes <= 0) {
            throw new IllegalArgumentException("a guest of " + memoryMebibytes + " MiB");
        }
    }

    /** A guest whose memory QEMU alone has, as most have. */
    public static GuestSpec of(int memoryMebibytes, String workload) {
        return new GuestSpec(memoryMebibytes, workload, false, List.of());
    }

    /** The same guest, its RAM in a shared file. */
    public GuestSpec withSharedMemory() {
        return new GuestSpec(memoryMebibytes, workload, true, options);
    }

    /** The same guest, in a QEMU with these options besides. */
    public GuestSpec withOptions(String... more) {
        return new GuestSpec(memoryMebibytes, workload, sharedMemory, List.of(more));
    }

    String kernelCommandLine() {
        return Arrays.stream(workload.strip().split("\\s+"))
                .filter(parameter -> !parameter.isEmpty())
                .map(parameter -> "godwit." + parameter)
                .collect(Collectors.joining(" ", "console=ttyS0 quiet panic=-1 mitigations=off ", ""));
    }
}
