package io.chronoscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.testing.RestoredSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

class CommandLineInterfaceTest {

  @AutoClose private final RestoredSettings settings = new RestoredSettings();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @Test
  void listsAllCommands() {
    assertThat(run("--help")).isEqualTo(ExitCode.OK);

    assertThat(text(out))
        .contains(
            "demo",
            "serve",
            "produce",
            "events",
            "search",
            "rules",
            "dlq",
            "ask",
            "backtest",
            "analyze",
            "generate",
            "evaluate",
            "bench");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void explainsEveryCommand() {
    for (String command :
        new String[] {
          "demo",
          "serve",
          "produce",
          "events",
          "search",
          "rules",
          "dlq",
          "ask",
          "backtest",
          "analyze",
          "generate",
          "evaluate",
          "bench"
        }) {
      out.reset();

      assertThat(run(command, "--help")).isEqualTo(ExitCode.OK);

      assertThat(text(out)).contains("Usage: chronoscope " + command).contains("--json");
    }
  }

  @Test
  void acceptsTheCapacityOfTheMachine() {
    assertThat(run("bench", "load", "--capacity", "5.5", "--seconds", "1"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--seconds must be 10 or more");
  }

  @Test
  void acceptsTheFormerNameOfTheSoakBenchmark() {
    for (String name : new String[] {"soak", "hours"}) {
      err.reset();

      assertThat(run("bench", name, "--hours", "0")).isEqualTo(ExitCode.USAGE);

      assertThat(text(err)).contains("--hours must be above 0");
    }
  }

  @Test
  void aSoakIsEitherByHoursOrByMinutes() {
    Map<List<String>, String> wrong =
        Map.of(
            List.of("--minutes", "5", "--hours", "1"), "exclude each other",
            List.of("--load", "50"), "need --minutes",
            List.of("--picture", "memory.png"), "need --minutes",
            List.of("--minutes", "1"), "--minutes must be between",
            List.of("--minutes", "5", "--load", "0"), "--load must be between");
    wrong.forEach((options, message) -> {
      err.reset();
      String[] arguments =
          Stream.concat(Stream.of("bench", "soak"), options.stream()).toArray(String[]::new);

      assertThat(run(arguments)).as("%s", options).isEqualTo(ExitCode.USAGE);

      assertThat(text(err)).contains(message);
    });
  }

  @Test
  void rejectsAChunkLengthThatIsNotPositive() {
    for (String seconds : new String[] {"0", "-1", "86400", "soon"}) {
      err.reset();

      assertThat(run("analyze", "a.mp4", "--chunk-seconds", seconds)).isEqualTo(ExitCode.USAGE);

      assertThat(text(err)).contains("--chunk-seconds", "'" + seconds + "' is not a number");
    }
  }

  @Test
  void exitsWithTwoOnInvalidUsage() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertThat(run("watch")).isEqualTo(ExitCode.USAGE);
    assertThat(run("generate", "--prompt", "What happens?")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("one of --frames, --video, --image is missing");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void acceptsOnlyOneKindOfInput() {
    assertThat(run("generate", "--frames", "a", "--video", "b", "--prompt", "What?"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("mutually exclusive");
  }

  @Test
  void findsATakenPortBeforeAnythingStarts() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThat(run("serve", "--embedded", "--port", Integer.toString(port)))
          .isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(text(err)).contains("localhost:" + port, "--port").doesNotContain("Kafka broker");
    }
  }

  @Test
  void servesNobodyElseWithoutBeingTold() {
    System.setProperty("chronoscope.http.host", "0.0.0.0");
    assertThat(run("serve", "--embedded", "--port", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("CHRONOSCOPE_AUTH");
  }

  @Test
  void exitsWithThreeWithoutACheckpoint() {
    String model = folder.resolve("nothing-here").toString();
    assertThat(run("generate", "--model", model, "--image", "a.png", "--prompt", "What?"))
        .isEqualTo(ExitCode.ENVIRONMENT);

    assertThat(text(err)).contains(model);
    assertThat(text(out)).isEmpty();
  }

  @Test
  void exitsWithThreeWithoutAGpu() {
    String model = GoldenCase.named("resized-video").checkpoint().toString();
    assertThat(
            run(
                "generate",
                "--model",
                model,
                "--device",
                "cuda",
                "--image",
                "a.png",
                "--prompt",
                "What?"))
        .isEqualTo(ExitCode.ENVIRONMENT);

    assertThat(text(err)).contains("device cuda is not available: ", "NVIDIA", "-Pcuda13");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void reportsAWrongCallOnOneLineWithAnExample() {
    for (String[] wrong :
        new String[][] {
          {"watch"},
          {"--modle=x", "events"},
          {"produce"},
          {"produce", "a.mp4", "--by-reference"},
          {"events", "--folow"},
          {"events", "--since", "yesterday"},
          {"serve", "--port", "abc"},
          {"rules"},
          {"rules", "set", "stops"},
          {"generate", "--image", "a", "--video", "b", "--prompt", "What?"},
          {"completion", "fish"}
        }) {
      err.reset();

      assertThat(run(wrong)).isEqualTo(ExitCode.USAGE);

      assertThat(text(err).lines())
          .singleElement()
          .asString()
          .contains("example: chronoscope ")
          .doesNotContain("java.", "Exception");
    }
  }

  @Test
  void suggestsWhatWasMeant() {
    run("events", "--folow");
    run("evnts");
    run("serve", "--prot", "8081");
    assertThat(text(err))
        .contains("did you mean --follow?", "did you mean events?", "did you mean --port?");
  }

  @Test
  void understandsTheValueOfEveryOption() {
    List<String> understood = new ArrayList<>();
    parseEachOption(Commands.tree(), understood);
    assertThat(understood).contains("chronoscope events --limit", "chronoscope serve --port");
  }

  /// Whatever the value is, a type must be known.
  private static void parseEachOption(CommandLine command, List<String> understood) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      String name = command.getCommandSpec().qualifiedName() + " " + option.longestName();
      try {
        command.parseArgs(option.longestName(), "1");
      } catch (ParameterException e) {
        assertThat(e).as(name).hasMessageNotContaining("TypeConverter");
      }
      understood.add(name);
    }
    command.getSubcommands().values().forEach(one -> parseEachOption(one, understood));
  }

  @Test
  void namesTheConstantsOfAnOptionAsRecordsShowThem() {
    assertThat(run("dlq", "redrive", "--all", "--reason", "nosuch")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("'nosuch' is not one of bad_envelope, ").doesNotContain("[");
  }

  @Test
  void saysWhatAStreamMayBeCalled() {
    String video = "video-samples/yard.mp4";
    assertThat(run("produce", video, "--stream", "")).isEqualTo(ExitCode.USAGE);
    assertThat(run("produce", video, "--stream", "é".repeat(300))).isEqualTo(ExitCode.USAGE);
    assertThat(text(err))
        .contains("--stream: the id of a stream is blank", "has 600 bytes; 512 at most");
  }

  @Test
  void tellsFilesFoldersAndAddressesApart() {
    assertThat(run("produce", folder.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(run("produce", "rtsp:/user:secret@camera-1/main")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err))
        .contains("--watch", "an address has two slashes")
        .doesNotContain("secret");
  }

  @Test
  void wantsATextToSearchFor() {
    assertThat(run("search")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("TEXT", "example: chronoscope search");
  }

  @Test
  void namesTheOptionsOfASearch() {
    assertThat(run("search", "dog", "--min-confidence", "7")).isEqualTo(ExitCode.USAGE);
    assertThat(run("search", "dog", "--limit", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--min-confidence: 7.0", "--limit: 0");
  }

  @Test
  void wantsFoldersToWriteInto() throws IOException {
    Path file = Files.createFile(folder.resolve("dist"));
    assertThat(run("image", "--variant", "cpu", "--out", file.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("image", "--variant", "cpu", "--out", "dist", "--base", file + "s"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(
            run("bundle", "--target", "linux-x64", "--without-runtime", "--out", file.toString()))
        .isIn(ExitCode.USAGE, ExitCode.ENVIRONMENT);
    assertThat(text(err)).contains("--out: " + file + " is a file", "there is no folder");
  }

  @Test
  void wantsATimeRange() {
    for (String command : new String[] {"ask", "backtest"}) {
      err.reset();
      List<String> line =
          new ArrayList<>(List.of(command, "--from", "1h", "--to", "2h", "--stream", "yard"));
      if (command.equals("ask")) {
        line.add("a dog barks");
      }

      assertThat(run(line.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);

      assertThat(text(err)).contains("--from (", "is not before --to (");
    }
  }

  @Test
  void findsAMissingModelBeforeAnythingStarts() {
    for (String[] line :
        new String[][] {
          {"serve", "--embedded", "--port", "0", "--model", folder.resolve("nosuch").toString()},
          {"demo", "video-samples/yard.mp4", "--model", folder.toString()},
          {"evaluate", "video-samples", "--model", "pom.xml"}
        }) {
      err.reset();
      assertThat(run(line)).isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(text(err))
          .contains("no checkpoint at ", "--model")
          .doesNotContain("Kafka broker at");
    }
  }

  @Test
  void rejectsAMistypedFileBeforeAnythingStarts() throws IOException {
    Path video = Files.createFile(folder.resolve("Gate.mp4"));
    String mistyped = folder.resolve("gate.mp4").toString();
    for (String[] wrong :
        new String[][] {
          {"analyze", mistyped},
          {"produce", mistyped},
          {"demo", mistyped},
          {"generate", "--video", mistyped, "--prompt", "What?", "--model", "nowhere"}
        }) {
      err.reset();

      assertThat(run(wrong)).as(wrong[0]).isIn(ExitCode.USAGE, ExitCode.ENVIRONMENT);
    }
    err.reset();
    assertThat(run("analyze", mistyped)).isEqualTo(ExitCode.USAGE);
    assertThat(text(err))
        .isEqualTo(
            "chronoscope: there is no file %s; did you mean %s?\n".formatted(mistyped, video));
    err.reset();
    assertThat(run("analyze", folder.resolve("Gaet.mp4").toString())).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).endsWith("did you mean %s?\n".formatted(video));
  }

  @Test
  void rejectsAFolderInPlaceOfAFile() {
    assertThat(run("analyze", folder.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains(folder + " is a folder; name a file in it");
  }

  @Test
  void printsACompletionScript() {
    assertThat(run("completion", "bash")).isEqualTo(ExitCode.OK);
    assertThat(text(out))
        .contains("complete -F _complete_chronoscope", "--chunk-seconds", "redrive")
        .doesNotContain("rehearse");
  }

  @Test
  void completesValuesAsTheyAreWrittenAndFiles() throws Exception {
    assertThat(completed("dlq", "redrive", "--reason", "bad")).contains("bad_rule", "bad_time");
    assertThat(completed("serve", "--precision", "")).contains("int8", "auto");
    assertThat(completed("bundle", "--target", "linux-a")).containsExactly("linux-arm64");
    assertThat(completed("rul")).containsExactly("rules");
    assertThat(completed("produce", "--str")).containsExactly("--stream");
    // With nothing of its own the shell completes files.
    assertThat(completed("produce", "video-samples/ya")).isEmpty();
    assertThat(completed("serve", "--model", "models/")).isEmpty();
    assertThat(text(out)).contains("-o default chronoscope").doesNotContain("+o default");
  }

  /// What bash offers for the last of these words.
  private List<String> completed(String... words) throws Exception {
    out.reset();
    run("completion", "bash");
    Path script = Files.writeString(folder.resolve("completion.bash"), text(out));
    String typed = "chronoscope '" + String.join("' '", words) + "'";
    String ask =
        "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_chronoscope 2>/dev/null;"
                .formatted(script, typed, words.length)
            + " printf '%s\n' \"${COMPREPLY[@]}\"";
    Process bash = new ProcessBuilder("bash", "--norc", "-c", ask).start();
    String offered = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).isZero();
    return offered.lines().filter(line -> !line.isBlank()).toList();
  }

  private int run(String... arguments) {
    return Commands.run(out, err, arguments);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
