package io.godwit.cli;

import io.godwit.record.CheckpointEntry;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Names of checkpoints. */
final class CheckpointNameConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
        try {
            return CheckpointEntry.checkName(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
