package io.godwit.transformer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may know which. */
@AnalyzeClasses(packages = "io.godwit.transformer", importOptions = DoNotIncludeTests.class)
final class LayeringTest {
    @ArchTest
    static final ArchRule packagesKnowOnlyThoseBelow = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("process")
            .definedBy("io.godwit.transformer")
            .layer("topology")
            .definedBy("io.godwit.transformer.topology")
            .layer("processor")
            .definedBy("io.godwit.transformer.processor")
            .layer("gate")
            .definedBy("io.godwit.transformer.gate")
            .layer("store")
            .definedBy("io.godwit.transformer.store")
            .layer("checkpoint")
            .definedBy("io.godwit.transformer.checkpoint")
            .layer("memory")
            .definedBy("io.godwit.transformer.memory")
            .whereLayer("process")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("topology")
            .mayOnlyBeAccessedByLayers("process")
            .whereLayer("processor")
            .mayOnlyBeAccessedByLayers("process", "topology")
            .whereLayer("gate")
            .mayOnlyBeAccessedByLayers("process", "topology", "processor")
            .whereLayer("store")
            .mayOnlyBeAccessedByLayers("process", "topology", "processor")
            .whereLayer("checkpoint")
            .mayOnlyBeAccessedByLayers("topology", "processor")
            .whereLayer("memory")
            .mayOnlyBeAccessedByLayers("store", "checkpoint");

    @ArchTest
    static final ArchRule onlyThePackagesOfStoresTouchTheStateStoreApi = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.godwit.transformer.memory", "io.godwit.transformer.store", "io.godwit.transformer.checkpoint")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.streams.state..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("org\\.apache\\.kafka\\.streams\\.processor\\.StateStore.*");

    @ArchTest
    static final ArchRule pageCodeKnowsNoCluster = classes()
            .that()
            .resideInAPackage("io.godwit.transformer.processor")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                    "org.apache.kafka.clients..", "io.godwit.client..", "org.apache.kafka.streams.errors..");
}
