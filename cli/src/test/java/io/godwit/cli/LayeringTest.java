package io.godwit.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Who may know whom, in the one module that sees all the others. */
@AnalyzeClasses(packages = "io.godwit", importOptions = DoNotIncludeTests.class)
class LayeringTest {
    @ArchTest
    static final ArchRule ONLY_THE_EMBEDDED_BROKER_USES_THE_INSIDES_OF_KAFKA = noClasses()
            .that()
            .resideOutsideOfPackage("io.godwit.cli.broker..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "kafka..",
                    "scala..",
                    "org.apache.kafka.server..",
                    "org.apache.kafka.metadata..",
                    "org.apache.kafka.raft..");

    @ArchTest
    static final ArchRule ONLY_THE_METRICS_KNOW_PROMETHEUS = noClasses()
            .that()
            .resideOutsideOfPackage("io.godwit.cli.metrics")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.prometheus..", "com.sun.net.httpserver..");

    @ArchTest
    static final ArchRule ROLES_DO_NOT_KNOW_ONE_ANOTHER = SlicesRuleDefinition.slices()
            .matching("io.godwit.(producer|transformer|consumer)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule ROLES_DO_NOT_KNOW_THE_COMMAND = noClasses()
            .that()
            .resideOutsideOfPackages("io.godwit.cli..", "io.godwit.benchmarks..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.godwit.cli..");

    @ArchTest
    static final ArchRule PARTS_OF_THE_COMMAND_DO_NOT_KNOW_ITS_SUBCOMMANDS = noClasses()
            .that()
            .resideInAPackage("io.godwit.cli.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.godwit.cli");

    @ArchTest
    static final ArchRule PACKAGES_OF_THE_COMMAND_FORM_NO_CYCLE = SlicesRuleDefinition.slices()
            .matching("io.godwit.cli.(*)..")
            .should()
            .beFreeOfCycles();
}
