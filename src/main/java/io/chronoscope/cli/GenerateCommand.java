package io.chronoscope.cli;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.cli.console.ModelOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.qwen.VideoQuestion;
import io.chronoscope.qwen.VideoQuestion.Report;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.qwen.image.SmartResize;
import io.chronoscope.qwen.image.VideoPixels;
import io.chronoscope.service.ExitCode;
import io.chronoscope.vlm.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Puts one question about one video or picture to the model, and shows what went in and came out.
@Command(
    name = "generate",
    description = "Asks the model about a video, a folder of frames or a picture.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class GenerateCommand implements Callable<Integer> {

  static final class Input {

    @Option(
        names = "--frames",
        paramLabel = "DIR",
        required = true,
        description =
            "PNG files in name order, as if sampled at --fps. Taken as they are when their sides are"
                + " multiples of 28.")
    @Nullable Path frames;

    @Option(
        names = "--video",
        paramLabel = "FILE",
        required = true,
        description = "A video file, sampled at --fps.")
    @Nullable Path video;

    @Option(
        names = "--image",
        paramLabel = "FILE",
        required = true,
        description = "A still picture.")
    @Nullable Path image;
  }

  // No defaults in the group: picocli would take them for given.
  @ArgGroup(multiplicity = "1")
  Input input = new Input();

  @Option(
      names = "--fps",
      paramLabel = "F",
      defaultValue = "2",
      description = "Frames a second (default: ${DEFAULT-VALUE}).")
  double fps = 2;

  @Option(names = "--prompt", paramLabel = "TEXT", required = true, description = "The question.")
  String prompt = "";

  @Mixin ModelOptions model = new ModelOptions();

  @Option(names = "--json", description = "Prints one object with all that went in and came out.")
  boolean json;

  private final Output output;

  GenerateCommand(Output output) {
    this.output = output;
  }

  /// What `--json` prints. Grids are in patches (14 pixels), as the reference gives them.
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
      throw new ConfigurationException("--fps is " + fps + ", not above zero");
    }
    model.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Map<String, Double> timings = new LinkedHashMap<>();
    long started = System.nanoTime();
    try (Qwen25Vl engine = LayerSettings.open(settings)) {
      timings.put("openMs", since(started));
      Report report = ask(engine, settings.maxNewTokens(), timings);
      VideoQuestion.Timings stages = report.timings();
      timings.put("resizeMs", rounded(stages.resizeMs()));
      timings.put("encodeMs", rounded(stages.encodeMs()));
      timings.put("prefillMs", rounded(stages.prefillMs()));
      timings.put("decodeMs", rounded(stages.decodeMs()));
      timings.put("totalMs", since(started));
      tell(report, timings);
      return ExitCode.OK;
    }
  }

  private void tell(Report report, Map<String, Double> timings) {
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
          "%d prompt tokens, %d generated%s; %s"
              .formatted(
                  answer.promptTokenIds().size(),
                  answer.tokenIds().size(),
                  answer.finished() ? "" : " (cut off there)",
                  timings));
    }
  }

  private Report ask(Qwen25Vl engine, int maxNewTokens, Map<String, Double> timings) {
    VideoQuestion question = new VideoQuestion(engine);
    long reading = System.nanoTime();
    List<Picture> frames = new ArrayList<>();
    try {
      if (input.image != null) {
        frames.add(PictureFiles.read(input.image));
        timings.put("readMs", since(reading));
        return question.askImage(frames.getFirst(), prompt, maxNewTokens, token -> {});
      }
      double rate = fps;
      if (input.frames != null) {
        frames.addAll(PictureFiles.readFolder(input.frames));
      } else {
        VideoFile.Selected selected =
            VideoFile.open(Objects.requireNonNull(input.video), new FfmpegDecoder()).select(fps);
        frames.addAll(selected.frames());
        rate = selected.fps();
        // A frame that happens to fit the grid still has to keep to the pixel limits.
        scale(frames, videoSize(size(frames.getFirst()), frames.size(), engine.checkpoint()));
      }
      timings.put("readMs", since(reading));
      return question.askVideo(frames, rate, prompt, maxNewTokens, token -> {});
    } finally {
      frames.forEach(Picture::close);
    }
  }

  /// The size that the reference's `fetch_video` gives the frames of a whole video.
  private static FrameSize videoSize(FrameSize size, int frames, Checkpoint checkpoint) {
    var limits = checkpoint.preprocessor().videoFrame();
    return SmartResize.fit(
        size.heightPx(),
        size.widthPx(),
        checkpoint.vision().tokenSizePx(),
        limits.minPixels(),
        VideoPixels.maxPixelsPerFrame(frames, limits));
  }

  private static FrameSize size(Picture picture) {
    return new FrameSize(picture.widthPx(), picture.heightPx());
  }

  private static void scale(List<Picture> frames, FrameSize size) {
    frames.replaceAll(frame -> {
      if (size(frame).equals(size)) {
        return frame;
      }
      Picture scaled = BicubicResize.resize(frame, size);
      frame.close();
      return scaled;
    });
  }

  private static double since(long nanos) {
    return rounded((System.nanoTime() - nanos) / 1e6);
  }

  private static double rounded(double millis) {
    return Math.round(millis * 100) / 100.0;
  }
}
