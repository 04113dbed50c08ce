package io.godwit.cli;

import io.godwit.directory.Handover;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how a guest is handed over. */
final class HandoverConverter implements ITypeConverter<Handover> {
    @Override
    public Handover convert(String value) {
        return switch (value) {
            case "verified" -> Handover.VERIFIED;
            case "parked" -> Handover.PARKED;
            default -> throw new TypeConversionException("'" + value + "' is neither verified nor parked");
        };
    }
}
