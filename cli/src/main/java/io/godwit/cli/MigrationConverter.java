package io.godwit.cli;

import io.godwit.topic.Topics;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Names of migrations. */
final class MigrationConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
        try {
            return Topics.checkMigration(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
