package io.chronoscope.cli;

import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.ConfiguredModel;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.qwen.VideoQuestion;
import io.chronoscope.qwen.VideoQuestion.Report;
import io.chronoscope.service.ExitCode;
import io.chronoscope.vlm.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Asks the model one question about one video or picture, and shows the model's inputs and
/// outputs.
@Command(
    name = "generate",
    description = "Asks the model about a video, a directory of frames or a picture.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class GenerateCommand implements Callable<Integer> {

  @ArgGroup(multiplicity = "1")
  GenerateInput input = new GenerateInput();

  @Option(
      names = "--fps",
      paramLabel = "F",
      defaultValue = "2",
      description = "Frames per second (default: ${DEFAULT-VALUE}).")
  double fps = 2;

  @Option(names = "--prompt", paramLabel = "TEXT", required = true, description = "The question.")
  String prompt = "";

  @Mixin ModelOptions model = new ModelOptions();

  @Option(
      names = "--json",
      description = "Prints one JSON object with the model's inputs and outputs.")
  boolean json;

  private final Output output;

  GenerateCommand(Output output) {
    this.output = output;
  }

  /// The `--json` output. Grids are in patches (14 pixels), as in the reference implementation.
  record Printed(
      List<Integer> promptTokenIds,
      List<Integer> tokenIds,
      String text,
      List<Integer> videoGridThw,
      Optional<Double> secondsPerGrid,
      List<Answer.TokenLogit> firstLogitsTop,
      List<Float> embeddingRow0,
      List<Float> embeddingRowLast,
      boolean finished,
      Map<String, Double> timings) {}

  @Override
  public Integer call() {
    if (!(fps > 0)) {
      throw new ConfigurationException("--fps is " + fps + ", must be above 0");
    }
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Map<String, Double> timings = new LinkedHashMap<>();
    long start = System.nanoTime();
    try (Qwen25Vl engine = ConfiguredModel.open(settings)) {
      timings.put("openMs", millisSince(start));
      Report report = ask(engine, settings.maxNewTokens(), timings);
      VideoQuestion.Timings stages = report.timings();
      timings.put("resizeMs", rounded(stages.resizeMs()));
      timings.put("encodeMs", rounded(stages.encodeMs()));
      timings.put("prefillMs", rounded(stages.prefillMs()));
      timings.put("decodeMs", rounded(stages.decodeMs()));
      timings.put("totalMs", millisSince(start));
      print(report, timings);
      return ExitCode.OK;
    }
  }

  private Report ask(Qwen25Vl engine, int maxNewTokens, Map<String, Double> timings) {
    VideoQuestion question = new VideoQuestion(engine);
    long start = System.nanoTime();
    try (GenerateInput.Pictures read = input.read(fps, engine.checkpoint())) {
      timings.put("readMs", millisSince(start));
      return read.fps().isPresent()
          ? question.askVideo(
              read.pictures(), read.fps().getAsDouble(), prompt, maxNewTokens, token -> {})
          : question.askImage(read.pictures().getFirst(), prompt, maxNewTokens, token -> {});
    }
  }

  private void print(Report report, Map<String, Double> timings) {
    Answer answer = report.answer();
    if (json) {
      double seconds = report.secondsPerGrid();
      output.printJson(
          new Printed(
              answer.promptTokenIds(),
              answer.tokenIds(),
              answer.text(),
              report.grid().toList(),
              Double.isNaN(seconds) ? Optional.empty() : Optional.of(seconds),
              answer.firstLogitsTop(),
              report.embeddingRow0(),
              report.embeddingRowLast(),
              answer.finished(),
              timings));
    } else {
      output.print(answer.text());
      output.report(
          "%d prompt tokens, %d generated%s%s; %s"
              .formatted(
                  answer.promptTokenIds().size(),
                  answer.tokenIds().size(),
                  answer.finished() ? "" : " (truncated)",
                  inWords(answer.drafts()),
                  inWords(timings)));
    }
  }

  private static String inWords(Answer.Drafts drafts) {
    return drafts.proposed() == 0
        ? ""
        : ", %d of %d draft tokens accepted".formatted(drafts.accepted(), drafts.proposed());
  }

  private static String inWords(Map<String, Double> timings) {
    return timings.entrySet().stream()
        .map(one -> "%s %.0f ms".formatted(one.getKey().replace("Ms", ""), one.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static double millisSince(long startNanos) {
    return rounded((System.nanoTime() - startNanos) / 1e6);
  }

  private static double rounded(double millis) {
    return Math.round(millis * 100) / 100.0;
  }
}
