package io.godwit.conformance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Confluent's own client of a registry, and Avro as it uses it: relocated, in a bundle of Flink. In a class loader that sees
 * nothing of ours but the logging interface, so its copies of what we have, too, stay its own; schemas cross as text.
 */
final class ConfluentClient implements AutoCloseable {
    private static final String CONFLUENT =
            "org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.";
    private static final String AVRO = "org.apache.flink.avro.shaded.org.apache.avro.";
    private static final int CAPACITY = 10;
    private static final int HEADER_BYTES = 5;

    private final URLClassLoader loader;
    private final Object client;

    ConfluentClient(Path jar, String url) throws ReflectiveOperationException, IOException {
        loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, new LoggingOnly());
        client = type(CONFLUENT + "client.CachedSchemaRegistryClient")
                .getConstructor(String.class, int.class)
                .newInstance(url, CAPACITY);
    }

    /** Of the class loader of the tests, lets the logging interface pass. */
    private static final class LoggingOnly extends ClassLoader {
        LoggingOnly() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.slf4j.")) {
                return ConfluentClient.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }

    int register(String subject, String schema) throws ReflectiveOperationException {
        return (int) type(CONFLUENT + "client.SchemaRegistryClient")
                .getMethod("register", String.class, type(CONFLUENT + "ParsedSchema"))
                .invoke(client, subject, avro(schema));
    }

    /** The number of a schema that is registered. */
    int id(String subject, String schema) throws ReflectiveOperationException {
        return (int) type(CONFLUENT + "client.SchemaRegistryClient")
                .getMethod("getId", String.class, type(CONFLUENT + "ParsedSchema"))
                .invoke(client, subject, avro(schema));
    }

    String compatibility(String subject) throws ReflectiveOperationException {
        return (String) type(CONFLUENT + "client.SchemaRegistryClient")
                .getMethod("getCompatibility", String.class)
                .invoke(client, subject);
    }

    String schema(int id) throws ReflectiveOperationException {
        Object parsed = type(CONFLUENT + "client.SchemaRegistryClient")
                .getMethod("getSchemaById", int.class)
                .invoke(client, id);
        return (String)
                type(CONFLUENT + "ParsedSchema").getMethod("canonicalString").invoke(parsed);
    }

    /** Reads a record of Confluent's wire format as its deserializer does, and gives it as JSON. */
    String read(byte[] value) throws ReflectiveOperationException {
        InputStream body = new ByteArrayInputStream(value, HEADER_BYTES, value.length - HEADER_BYTES);
        int id = ByteBuffer.wrap(value).getInt(1);
        Object schema = parse(schema(id));
        Object factory = type(AVRO + "io.DecoderFactory").getMethod("get").invoke(null);
        Object decoder = type(AVRO + "io.DecoderFactory")
                .getMethod("binaryDecoder", InputStream.class, type(AVRO + "io.BinaryDecoder"))
                .invoke(factory, body, null);
        Object reader = type(AVRO + "generic.GenericDatumReader")
                .getConstructor(type(AVRO + "Schema"))
                .newInstance(schema);
        return type(AVRO + "generic.GenericDatumReader")
                .getMethod("read", Object.class, type(AVRO + "io.Decoder"))
                .invoke(reader, null, decoder)
                .toString();
    }

    private Object avro(String schema) throws ReflectiveOperationException {
        return type(CONFLUENT + "avro.AvroSchema").getConstructor(String.class).newInstance(schema);
    }

    private Object parse(String schema) throws ReflectiveOperationException {
        Object parser = type(AVRO + "Schema$Parser").getConstructor().newInstance();
        return type(AVRO + "Schema$Parser").getMethod("parse", String.class).invoke(parser, schema);
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return loader.loadClass(name);
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
