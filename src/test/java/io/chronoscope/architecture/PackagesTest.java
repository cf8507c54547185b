package io.chronoscope.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PackagesTest {

  private static final String ROOT = "io.chronoscope.";

  /// Each may use those above it in this list, never those below.
  private static final List<String> FROM_THE_GROUND_UP =
      List.of(
          "model",
          // Beside what is watched, what to watch for; the analysis asks, the edge fills in.
          "rule",
          "decode",
          "sampling",
          "ort",
          "checkpoint",
          "tokenizer",
          "vision",
          "generation",
          "vlm",
          "batching",
          "load",
          "analysis",
          // Fetches what chunks refer to, for the analysis, by the analysis's own port.
          "store",
          "record",
          // Makes spans of what the analysis tells; the clients and the edge hand it their records.
          "tracing",
          "client",
          "broker",
          "messaging",
          "evaluation",
          "timeline",
          "app");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.chronoscope");

  @Test
  void everyPackageHasItsPlace() {
    Set<String> found = new TreeSet<>();
    for (JavaClass one : CLASSES) {
      found.add(one.getPackageName().substring(ROOT.length()));
    }

    assertThat(FROM_THE_GROUND_UP).containsAll(found);
  }

  @Test
  void arrowsPointDownwards() {
    for (String name : FROM_THE_GROUND_UP) {
      List<String> above =
          new ArrayList<>(
              FROM_THE_GROUND_UP.subList(
                  FROM_THE_GROUND_UP.indexOf(name) + 1, FROM_THE_GROUND_UP.size()));
      if (!above.isEmpty()) {
        noClasses()
            .that()
            .resideInAPackage(ROOT + name)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(above.stream().map(one -> ROOT + one).toArray(String[]::new))
            .allowEmptyShould(true)
            .check(CLASSES);
      }
    }
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching("io.chronoscope.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void analysisKnowsTheModelOnlyByItsPort() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + "analysis", ROOT + "batching")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + "generation", ROOT + "checkpoint", ROOT + "tokenizer", ROOT + "ort")
        .check(CLASSES);
  }

  @Test
  void everyLibraryStaysInItsPackage() {
    only("org.bytedeco..", "decode");
    only("ai.onnxruntime..", "ort");
    only("ai.onnx..", "ort");
    only("com.google.protobuf..", "ort");
    only("ai.djl..", "tokenizer");
    only("software.amazon..", "store");
    only("picocli..", "app");
    only("java.awt..", "app", "timeline");
    only("javax.imageio..", "app");
    only("kafka..", "broker");
    only("org.apache.kafka..", "broker", "record", "tracing", "client", "messaging", "app");
    only("io.opentelemetry..", "tracing");
    only("io.cloudevents..", "record");
    only("io.micrometer..", "messaging", "app");
    only("io.quarkus..", "messaging", "app");
    only("io.smallrye..", "messaging", "app");
    only("org.eclipse.microprofile..", "messaging", "app");
    only("jakarta..", "messaging", "app");
  }

  private static void only(String library, String... packages) {
    String[] allowed = new String[packages.length];
    for (int i = 0; i < packages.length; i++) {
      allowed[i] = ROOT + packages[i];
    }
    noClasses()
        .that()
        .resideOutsideOfPackages(allowed)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(CLASSES);
  }

  @Test
  void namesSayWhatThingsAre() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Impl|Utils?|Helpers?)(\\$.*)?")
        .check(CLASSES);
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..impl..")
        .check(CLASSES);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    classes()
        .should(
            new com.tngtech.archunit.lang.ArchCondition<>("live in a package that is null-marked") {
              @Override
              public void check(JavaClass one, com.tngtech.archunit.lang.ConditionEvents events) {
                JavaPackage of = one.getPackage();
                boolean marked =
                    of.tryGetAnnotationOfType("org.jspecify.annotations.NullMarked").isPresent();
                if (!marked) {
                  events.add(
                      com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                          one, one.getName() + " is in " + of.getName()));
                }
              }
            })
        .check(CLASSES.that(notGenerated()));
  }

  private static DescribedPredicate<JavaClass> notGenerated() {
    return DescribedPredicate.describe(
        "not generated", one -> !one.getSimpleName().equals("package-info"));
  }
}
