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

  /// Each package may use those before it in this list, never those after it. A package with
  /// sub-packages stands before them when it holds their ports, after them when it ties them
  /// together.
  static final List<String> FROM_THE_GROUND_UP =
      List.of(
          "domain",
          "rule",
          "fairness",
          // Bytes as the standards describe them; decode alone knows FFmpeg.
          "decode.bitstream",
          "decode.container",
          "decode",
          // Runs decoders side by side and in processes of their own, behind decode's port.
          "decode.worker",
          "sampling",
          "vlm",
          // The C interface that ort is written on.
          "ort.capi",
          "ort",
          "checkpoint",
          "tokenizer",
          "qwen.weights",
          "qwen.image",
          "qwen.position",
          "qwen.layer",
          "qwen.prompt",
          "qwen.encoder",
          "qwen.decoder",
          "qwen",
          "batching",
          "shedding",
          "analysis",
          "analysis.window",
          "analysis.event",
          "analysis.summary",
          "analysis.stream",
          "analysis.question",
          // Fetches what chunks refer to, through the analysis's own port.
          "claimcheck",
          // Brings video to Kafka, through a port that client implements.
          "live.hls",
          "live",
          "wire",
          // Turns what the analysis reports into spans; clients and messaging add their records.
          "tracing",
          "client",
          "search",
          "search.sentence",
          "search.query",
          "search.indexing",
          "search.lucene",
          "search.opensearch",
          "search.follow",
          "search.grounding",
          "broker",
          "messaging",
          "messaging.delivery",
          "messaging.chunk",
          "messaging.question",
          "messaging.rule",
          "evaluation",
          "evaluation.search",
          "evaluation.query",
          "render",
          "config",
          "service",
          // The top of the API ties its parts together.
          "web.problem",
          "web.access",
          "web.play",
          "web",
          "cli.console",
          "cli.run",
          "cli.bench.checkpoint",
          "cli.bench.damage",
          "cli.bench.engine",
          "cli.bench.soak",
          "cli.bench",
          "cli.backtest",
          "cli.selfcheck",
          "cli.bundle",
          "cli.chaos",
          "cli.dlq",
          "cli.events",
          "cli.rules",
          "cli.search",
          "cli");

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
    slices().matching("io.chronoscope.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheQwenPackagesKnowTheEngine() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + "analysis..", ROOT + "batching", ROOT + "vlm", ROOT + "sampling")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + "qwen..", ROOT + "checkpoint", ROOT + "tokenizer", ROOT + "ort")
        .check(CLASSES);
  }

  @Test
  void everyLibraryStaysInItsPackage() {
    only("org.bytedeco..", "decode");
    // Of ONNX Runtime's own jar only the native library is used.
    noClasses().should().dependOnClassesThat().resideInAPackage("ai.onnxruntime..").check(CLASSES);
    only("ai.onnx..", "ort");
    only("com.google.protobuf..", "ort");
    only("ai.djl..", "tokenizer");
    only("software.amazon..", "claimcheck");
    only("picocli..", "cli..");
    only("org.apache.commons.compress..", "cli.bundle");
    only("java.awt..", "cli..", "render");
    only("javax.imageio..", "cli..");
    only("kafka..", "broker");
    only(
        "org.apache.kafka..",
        "broker",
        "wire",
        "tracing",
        "client",
        "search.follow",
        "messaging..",
        "service",
        "cli..");
    only("org.apache.lucene..", "search.query", "search.lucene");
    only("org.opensearch..", "search.opensearch");
    only("org.apache.hc..", "search.opensearch");
    only("io.opentelemetry..", "tracing");
    only("io.cloudevents..", "wire");
    // Annotations of the stream state in analysis; JSON from the model in analysis.window.
    only(
        "com.fasterxml..",
        "analysis",
        "analysis.window",
        "checkpoint",
        // The description of a file of quantized weights.
        "qwen.weights",
        // A tokenizer's file, before native code reads it.
        "tokenizer",
        "wire",
        "client",
        // Requests to a server that speaks JSON.
        "search.opensearch",
        "messaging..",
        "evaluation..",
        "web..",
        "cli..");
    only("io.micrometer..", "messaging..", "service");
    only("io.quarkus..", "config", "service", "web..", "cli..");
    only("io.smallrye..", "config", "service", "web..");
    only("org.eclipse.microprofile..", "config", "service", "web..");
    only("jakarta..", "service", "web..");
    only("io.vertx..", "web..");
  }

  @Test
  void nativeFunctionsAreCalledInTwoPackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "ort.capi", ROOT + "decode.worker")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "ort", ROOT + "ort.capi")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "ort.capi")
        .check(CLASSES);
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
