package io.godwit.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.StreamBody.EndOfStream;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.junit.jupiter.api.Test;

/** Records outlive releases: what was once written must be readable for ever. */
class SchemasTest {
    /** SHA-256 of every schema file that was ever released. A line is added with a version; none is ever changed. */
    private static final Map<String, String> RELEASED = Map.of(
            "CheckpointChunk.v1.avsc", "6466df178e683a2f030b827d0a22a9dd0729c6346f46555743aa444766b92360",
            "CheckpointEntry.v1.avsc", "f61b0cb561952b5b93aec95b6a62d9f89fefd9da207f0359702af653eacaeecc",
            "DeadLetter.v1.avsc", "5e8ce75ba46cc9ee3b12562eac72460f71bf3152deb5026b0b7b0f6351230c9f",
            "MigrationStatus.v1.avsc", "56274b2eb837e3b059b57d3145f79b1ea0b7c056e7b71739191c133aeb08d235",
            "MigrationStatus.v2.avsc", "343999734bea31a7b8f13e664af497d913eed1c17304e284f523157f00b24689",
            "StreamRecord.v1.avsc", "5ad5515165052978128a8deab69a990b21c24c4eab4d1ef136fed985a9b16ce1");

    @Test
    void everyReleasedSchemaIsStillThereAndTheSame() throws Exception {
        for (Map.Entry<String, String> released : RELEASED.entrySet()) {
            try (InputStream file = Schemas.class.getResourceAsStream("/io/godwit/avro/" + released.getKey())) {
                assertThat(file).as(released.getKey()).isNotNull();
                assertThat(sha256(file.readAllBytes()))
                        .as(released.getKey() + " was released: leave it, and add a version")
                        .isEqualTo(released.getValue());
            }
        }
    }

    @Test
    void everySchemaFileIsPinned() throws Exception {
        try (Stream<Path> files = Files.list(directory())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(RELEASED.keySet());
        }
    }

    @Test
    void fingerprintsOnTheWireStayTheSame() {
        assertThat(fingerprints(Schemas.STREAM_RECORD)).containsExactly("69c95f8e59876cbe");
        assertThat(fingerprints(Schemas.MIGRATION_STATUS)).containsExactly("f868ecdaa09cc7c7", "9d90a30c69a8a54b");
        assertThat(fingerprints(Schemas.DEAD_LETTER)).containsExactly("d0a8e906b7ddcb0c");
        assertThat(fingerprints(Schemas.CHECKPOINT_CHUNK)).containsExactly("8d30c1e32b61df4e");
        assertThat(fingerprints(Schemas.CHECKPOINT_ENTRY)).containsExactly("f0015d38656cded5");
    }

    @Test
    void theNewestVersionReadsEveryOlderOne() {
        for (List<Schema> versions : List.of(
                Schemas.STREAM_RECORD,
                Schemas.MIGRATION_STATUS,
                Schemas.DEAD_LETTER,
                Schemas.CHECKPOINT_CHUNK,
                Schemas.CHECKPOINT_ENTRY)) {
            for (Schema older : versions) {
                assertThat(SchemaCompatibility.checkReaderWriterCompatibility(Schemas.latest(versions), older)
                                .getType())
                        .isEqualTo(SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE);
            }
        }
    }

    @Test
    void theSymbolsOfTheEnumsAreTheIdsOfTheirConstants() throws Exception {
        Schema batch = Schemas.latest(Schemas.STREAM_RECORD)
                .getField("body")
                .schema()
                .getTypes()
                .get(StreamRecordDecoder.PAGE_BATCH);
        Schema encoding = batch.getField("runs")
                .schema()
                .getElementType()
                .getField("encoding")
                .schema();
        for (PageEncoding each : PageEncoding.values()) {
            assertThat(encoding.getEnumOrdinal(each.name())).isEqualTo(each.id());
            assertThat(PageEncoding.ofId(each.id())).isSameAs(each);
        }
        Schema compression = batch.getField("compression").schema();
        for (PayloadCompression each : PayloadCompression.values()) {
            assertThat(compression.getEnumOrdinal(each.name())).isEqualTo(each.id());
            assertThat(PayloadCompression.ofId(each.id())).isSameAs(each);
        }
    }

    @Test
    void aRecordIsTheseBytes() {
        StreamRecord end = new StreamRecord("vm", 2, 3, 300, new EndOfStream(512, -2));
        assertThat(hex(StreamRecordEncoder.encode(end))).isEqualTo("c301be6c87598e5fc96904766d0406d80408800803");

        PageRuns runs = new PageRuns(2);
        runs.add(512, 1, PageEncoding.XBZRLE, 3, -1);
        runs.add(514, 8, PageEncoding.ZERO, 0, 0);
        PageBatch batch = new PageBatch(1, 0, runs, 2, 1, PayloadCompression.NONE, new byte[] {0, 1, 0x41}, 0, 3);
        assertThat(hex(StreamRecordEncoder.encode(new StreamRecord("vm", 1, 0, 1, batch))))
                .isEqualTo("c301be6c87598e5fc969" + "04766d02000202" + "020004" + "800802060601" + "84081002000000"
                        + "040200" + "06000141");
    }

    private static List<String> fingerprints(List<Schema> versions) {
        return versions.stream()
                .map(SingleObjectHeader::fingerprint)
                .map(Long::toHexString)
                .toList();
    }

    private static Path directory() throws URISyntaxException {
        return Path.of(Schemas.class
                        .getResource("/io/godwit/avro/StreamRecord.v1.avsc")
                        .toURI())
                .getParent();
    }

    private static String sha256(byte[] content) throws NoSuchAlgorithmException {
        return hex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
