package dev.ringback.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.ringback");
    private static final String[] OUTSIDE = {
        "org.apache.kafka..", "okhttp3..", "io.javalin..", "java.net.http.."
    };

    @Test
    void schemas_knowNothingButJson() {
        classes()
                .that()
                .resideInAPackage("dev.ringback.schemas")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.ringback.schemas",
                        "java..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation",
                        "com.networknt..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void whatDecides_touchesNeitherKafkaNorHttp() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.ringback.dialect", "dev.ringback.signature", "dev.ringback.schemas")
                .or()
                .haveSimpleName("Verdict")
                .or()
                .haveSimpleName("Outcome")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(OUTSIDE)
                .check(CLASSES);
    }

    @Test
    void whatDecides_hasNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.ringback.dialect", "dev.ringback.signature", "dev.ringback.schemas")
                .or()
                .haveSimpleName("Verdict")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(CLASSES);
    }

    @Test
    void runtime_doesNotKnowCalls() {
        noClasses()
                .that()
                .resideInAPackage("dev.ringback.runtime")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "dev\\.ringback\\.schemas\\.(Call|CallEvent|EventType|DeliveryHeader)")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("dev.ringback.dialect")
                .check(CLASSES);
    }

    @Test
    void systemClockAndEnvironment_areReadByMainsOnly() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Main")
                .and()
                .haveSimpleNameNotEndingWith("Ringback")
                .and()
                .resideOutsideOfPackage("dev.ringback.testkit")
                .should()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.ringback.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
