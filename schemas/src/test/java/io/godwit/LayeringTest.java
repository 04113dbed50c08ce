package io.godwit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the packages of the contract may know of one another and of others. */
@AnalyzeClasses(packages = "io.godwit", importOptions = DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule PAGE_ENCODINGS_ARE_MADE_OF_NOTHING_BUT_THE_JDK = classes()
            .that()
            .resideInAPackage("io.godwit.codec")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.godwit.codec", "java..");

    @ArchTest
    static final ArchRule HASHES_KNOW_BUT_THE_JDK_AND_THEIR_LIBRARY = classes()
            .that()
            .resideInAPackage("io.godwit.hash")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.godwit.hash", "java..", "com.dynatrace.hash4j..");

    @ArchTest
    static final ArchRule RECORDS_KNOW_NO_KAFKA = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.godwit.record", "io.godwit.topic", "io.godwit.payload", "io.godwit.ramdir", "io.godwit.report")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule AVRO_STAYS_WITH_THE_RECORDS = noClasses()
            .that()
            .resideOutsideOfPackages("io.godwit.record", "io.godwit.directory")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.avro..");

    @ArchTest
    static final ArchRule COMPRESSION_LIBRARIES_STAY_WITH_THE_PAYLOAD = noClasses()
            .that()
            .resideOutsideOfPackage("io.godwit.payload")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("net.jpountz..", "com.github.luben..");

    @ArchTest
    static final ArchRule THE_CONTRACT_KNOWS_NO_ROLE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.godwit.producer..",
                    "io.godwit.transformer..",
                    "io.godwit.consumer..",
                    "io.godwit.cli..",
                    "org.apache.kafka.streams..");
}
