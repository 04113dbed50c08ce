package io.godwit.qemu.qmp;

/** QEMU's version, as it says in its greeting. */
public record QemuVersion(int major, int minor, int micro) implements Comparable<QemuVersion> {
    @Override
    public int compareTo(QemuVersion other) {
        if (major != other.major) {
            return Integer.compare(major, other.major);
        }
        return minor != other.minor ? Integer.compare(minor, other.minor) : Integer.compare(micro, other.micro);
    }

    /** Whether it is {@code major.minor} or newer. */
    public boolean isAtLeast(int otherMajor, int otherMinor) {
        return compareTo(new QemuVersion(otherMajor, otherMinor, 0)) >= 0;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + micro;
    }
}
