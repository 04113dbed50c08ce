package io.godwit.cli;

import io.godwit.cli.access.Role;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A role, by its name. */
final class RoleConverter implements ITypeConverter<Role> {
    @Override
    public Role convert(String value) {
        return Role.named(value)
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is no role; there are "
                        + Stream.of(Role.values()).map(Role::title).collect(Collectors.joining(", "))));
    }
}
