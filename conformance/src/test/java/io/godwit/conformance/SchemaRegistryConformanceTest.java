package io.godwit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import io.godwit.record.Schemas;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.record.WireFormat;
import io.godwit.registry.RegistryClient;
import io.godwit.registry.RegistryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our client and Confluent's, at one real registry: what the one writes the other finds. */
@Timeout(180)
final class SchemaRegistryConformanceTest {
    private static final Path JAR = Path.of(System.getProperty("godwit.confluent.jar"));
    private static final StreamRecord RECORD = new StreamRecord("vm", 1, 2, 3, new RoundEnd(4));
    private static final List<List<Schema>> RECORDS = List.of(
            Schemas.STREAM_RECORD,
            Schemas.MIGRATION_STATUS,
            Schemas.DEAD_LETTER,
            Schemas.CHECKPOINT_CHUNK,
            Schemas.CHECKPOINT_ENTRY);

    @TempDir
    static Path temp;

    private static RegistryProcess registry;
    private static ConfluentClient confluent;
    /** Of the first version of an entry, as an older Godwit has left it there. */
    private static int firstEntry;

    @BeforeAll
    static void start() throws Exception {
        registry = RegistryProcess.require(temp.resolve("registry.log"));
        confluent = new ConfluentClient(JAR, registry.url());
        Schema first = Schemas.MIGRATION_STATUS.get(0);
        firstEntry = confluent.register(first.getFullName(), first.toString());
    }

    @AfterAll
    static void stop() throws IOException {
        if (confluent != null) {
            confluent.close();
        }
        if (registry != null) {
            registry.close();
        }
    }

    private static RegistryClient client(boolean registers) {
        return new RegistryClient(registry.url(), Map.of(), registers);
    }

    @Test
    void everySchemaIsRegisteredUnderItsNameAndFoundByConfluentsClient() throws Exception {
        RegistryClient client = client(true);
        for (List<Schema> versions : RECORDS) {
            Schema newest = versions.get(versions.size() - 1);
            String subject = newest.getFullName();

            int id = client.id(subject, newest.toString());

            assertThat(confluent.id(subject, newest.toString())).isEqualTo(id);
            assertThat(new Schema.Parser().parse(confluent.schema(id))).isEqualTo(newest);
            assertThat(confluent.compatibility(subject)).isEqualTo("BACKWARD_TRANSITIVE");
        }
    }

    @Test
    void whatConfluentsClientRegistersIsFoundByOurs() throws Exception {
        String schema = "{\"type\":\"record\",\"name\":\"Theirs\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}";
        int id = confluent.register("Theirs", schema);

        assertThat(client(false).id("Theirs", schema)).isEqualTo(id);
        assertThat(client(false).schema(id).map(text -> new Schema.Parser().parse(text)))
                .contains(new Schema.Parser().parse(schema));
    }

    @Test
    void recordsAreReadByConfluentsClientAndAvro() throws Exception {
        WireFormat format = WireFormat.of(client(true));

        assertThat(confluent.read(StreamRecordEncoder.encode(RECORD, format)))
                .isEqualTo(
                        "{\"migration\": \"vm\", \"attempt\": 1, \"lane\": 2, \"sequence\": 3, \"body\": {\"round\": 4}}");
    }

    @Test
    void aReaderLearnsFromTheRegistryAlone() throws Exception {
        byte[] written = StreamRecordEncoder.encode(RECORD, WireFormat.of(client(true)));

        assertThat(new StreamRecordDecoder(WireFormat.of(client(false))).decode(written))
                .isEqualTo(RECORD);
    }

    @Test
    void versionsOfAnEntryFollowOneAnotherAndEitherIsRead() throws Exception {
        WireFormat format = WireFormat.of(client(true));
        MigrationStatus status = new MigrationStatus(
                "vm", 7, MigrationState.SENT, "agent", "Zm9v", MigrationStatus.NO_LANE, 4, 1, "elf", "", 5);

        byte[] second = MigrationStatusCodec.encode(status, format);

        assertThat(ByteBuffer.wrap(second).getInt(1)).isNotEqualTo(firstEntry);
        assertThat(MigrationStatusCodec.decode(second, WireFormat.of(client(false))))
                .isEqualTo(status);
    }

    @Test
    void aVersionThatCouldNotReadOlderStreamsIsRefused() {
        RegistryClient client = client(true);
        client.id("Guarded", "{\"type\":\"record\",\"name\":\"Guarded\",\"fields\":[]}");

        assertThatThrownBy(() -> client.id(
                        "Guarded",
                        "{\"type\":\"record\",\"name\":\"Guarded\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not go with versions that are registered there (409");
    }

    @Test
    void whatMayNotBeRegisteredIsNot() {
        assertThatThrownBy(
                        () -> client(false).id("Unknown", "{\"type\":\"record\",\"name\":\"Unknown\",\"fields\":[]}"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("--no-auto-register");
        assertThatThrownBy(() -> confluent.id("Unknown", "\"int\"")).isInstanceOf(ReflectiveOperationException.class);
    }

    @Test
    void anIdThatWasNeverGivenIsUnknown() {
        assertThat(client(false).schema(123_456_789)).isEmpty();
    }
}
