package io.chronoscope.cli.bench.engine;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.ConfiguredModel;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.ort.Device;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.Precision;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.qwen.decoder.DecodeSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// The engine benchmark: measures the ceilings of the device, then each row of the plan.
public final class EngineBench {

  /// Rows after the others, with a model of their own or none.
  private static final Set<RowKind> WITHOUT_OPEN_MODEL =
      EnumSet.of(
          RowKind.TOKENS, RowKind.STILL_TOKENS, RowKind.STREAM, RowKind.STILL, RowKind.SEARCH);

  /// The sample that the rows on video use unless told otherwise.
  public static final String DEMO_VIDEO = "video-samples/gate.mp4";

  private final ChronoscopeConfig settings;
  private final EngineSettings engine;
  private final Precision precision;
  private final MeasuredRow.Subject subject;
  private final BenchVideo video;
  private final Optional<ReferenceProcess> reference;
  private final Consumer<MeasuredRow> sink;
  private final Stopwatch stopwatch = Stopwatch.ofProcess();
  private final List<MeasuredRow> rows = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();
  private double longestRowSeconds;

  /// @param shape name of the configured model's shape, for the output
  /// @param video for the rows before the model and for streams
  /// @param reference does the same work in turn with this program; stays the caller's
  /// @param sink receives each row as soon as it is measured
  EngineBench(
      ChronoscopeConfig settings,
      String shape,
      BenchVideo video,
      Optional<ReferenceProcess> reference,
      Consumer<MeasuredRow> sink) {
    this.settings = settings;
    this.engine = EngineSettings.parse(settings.device(), settings.precision().orElse(""));
    this.precision = precision(settings, engine);
    this.subject =
        new MeasuredRow.Subject(
            shape, settings.device(), precision.name().toLowerCase(Locale.ROOT));
    this.video = video;
    this.reference = reference;
    this.sink = sink;
  }

  private static Precision precision(ChronoscopeConfig settings, EngineSettings engine) {
    try (Checkpoint checkpoint =
        Checkpoint.open(ConfigLoader.resolve(settings, settings.model()))) {
      return engine.precisionFor(checkpoint);
    }
  }

  /// Without the reference.
  ///
  /// @see #EngineBench(ChronoscopeConfig, String, Path, Optional, Consumer)
  public EngineBench(
      ChronoscopeConfig settings, String shape, Path video, Consumer<MeasuredRow> sink) {
    this(settings, shape, new BenchVideo(video, Optional.empty()), Optional.empty(), sink);
  }

  /// Rows of the plan that the last run had no time for.
  public List<String> dropped() {
    return List.copyOf(dropped);
  }

  /// Measures the ceilings and the rows of the plan.
  ///
  /// @param box when to be done; see [#dropped()]
  /// @return all measured rows, in order
  public List<MeasuredRow> run(Set<RowKind> kinds, TimeBox box) {
    ConfiguredModel.requireDevice(settings);
    Ceilings ceilings = measureCeilings(precision);
    List<PlannedRow> plan = RowPlan.of(engine.device(), kinds);
    List<PlannedRow> onOpenModel =
        plan.stream().filter(row -> !WITHOUT_OPEN_MODEL.contains(row.kind())).toList();
    ModelWork work;
    try (Qwen25Vl model = ConfiguredModel.open(settings, withoutDrafts())) {
      work =
          new ModelWork(
              model.checkpoint().vision(),
              model.checkpoint().text(),
              // Beside INT8 weights the KV cache stays FP32, which is little beside them.
              switch (precision) {
                case FP32 -> 4;
                case BF16 -> 2;
                case INT8 -> 1;
                // With a scale of four bytes for each block of 32.
                case INT4 -> 0.625;
              });
      ModelWorkloads onModel = new ModelWorkloads(model, work, stopwatch);
      VideoWorkloads onVideo =
          VideoWorkloads.open(
              video.file(), ConfiguredDecoding.softwareDecoding(settings), stopwatch);
      for (PlannedRow row : onOpenModel) {
        if (hasTime(row, box)) {
          measure(row, workload(row, onModel, onVideo), ceilings);
        }
      }
    }
    // The whole stream opens a model of its own, after this one has freed its memory.
    for (PlannedRow row : plan.subList(onOpenModel.size(), plan.size())) {
      if (!hasTime(row, box)) {
        continue;
      }
      if (row instanceof PlannedRow.Replay replay) {
        try (StreamWorkload stream =
            StreamWorkload.open(settings, work, video.chunks(replay.scene()), replay.until())) {
          measure(row, stream, ceilings);
        }
      } else {
        try (SearchRow search = SearchRow.open(stopwatch)) {
          measure(row, search, ceilings);
        }
      }
    }
    return rows;
  }

  private boolean hasTime(PlannedRow row, TimeBox box) {
    if (box.fits(longestRowSeconds)) {
      return true;
    }
    dropped.add(name(row));
    return false;
  }

  private static String name(PlannedRow row) {
    String size =
        switch (row) {
          case PlannedRow.Video _, PlannedRow.Replay _, PlannedRow.Search _ -> "";
          case PlannedRow.Resize(FrameSize to) ->
              " to %dx%d".formatted(to.widthPx(), to.heightPx());
          case PlannedRow.Encoder(FrameSize of, int batch) ->
              " %d x %dx%d".formatted(batch, of.widthPx(), of.heightPx());
          case PlannedRow.Prefill(PromptShape prompt, int batch) ->
              " %d x about %d".formatted(batch, prompt.nominalTokens());
          case PlannedRow.Decode(PromptShape prompt, int batch, int newTokens) ->
              " %d x about %d + %d".formatted(batch, prompt.nominalTokens(), newTokens - 1);
          case PlannedRow.Long(PromptShape prompt) ->
              " of about %d".formatted(prompt.nominalTokens());
          case PlannedRow.Rules(PromptShape of, int rules) ->
              " %d on about %d".formatted(rules, of.nominalTokens());
          case PlannedRow.Answer(FrameSize of, int pairs, int newTokens) ->
              " of %d pairs of %dx%d".formatted(pairs, of.widthPx(), of.heightPx());
        };
    return row.kind().label() + size;
  }

  private static Workload workload(PlannedRow row, ModelWorkloads onModel, VideoWorkloads onVideo) {
    return switch (row) {
      case PlannedRow.Video() -> onVideo.video();
      case PlannedRow.Resize resize -> onVideo.resize(onModel.model(), resize.target());
      case PlannedRow.Encoder encoder -> onModel.encoder(encoder);
      case PlannedRow.Prefill prefill -> onModel.prefill(prefill);
      case PlannedRow.Decode decode -> onModel.decode(decode);
      case PlannedRow.Long(PromptShape prompt) -> onModel.longPrompt(prompt);
      case PlannedRow.Rules rules -> onModel.rules(rules);
      case PlannedRow.Answer answer -> onModel.answer(answer);
      case PlannedRow.Replay _, PlannedRow.Search _ ->
          throw new IllegalArgumentException("the row needs no open model");
    };
  }

  /// Answers of random prompts, and of random weights, repeat themselves: drafts would be right
  /// more often than in answers that mean something.
  private EngineSettings withoutDrafts() {
    EngineSettings configured = ConfiguredModel.engine(settings);
    DecodeSettings decoding = configured.decoding();
    return configured.withDecoding(decoding.withSteps(decoding.steps().withDraftTokens(0)));
  }

  private Ceilings measureCeilings(Precision precision) {
    CeilingProbe.Sizes sizes = CeilingProbe.Sizes.of(engine.device());
    try (CeilingProbe product = CeilingProbe.product(engine.device(), precision, sizes, stopwatch);
        CeilingProbe copy = CeilingProbe.copy(engine.device(), sizes, stopwatch)) {
      return new Ceilings(
          1e9 * ceiling(CeilingProbe.PRODUCT, "GFLOP/s", product),
          1e9 * ceiling(CeilingProbe.COPY, "GB/s", copy));
    }
  }

  private double ceiling(String name, String unit, CeilingProbe probe) {
    Measurement measured = measure(probe, run -> OptionalDouble.empty());
    MeasuredRow row = new MeasuredRow(name, subject, measured, unit, OptionalDouble.empty());
    add(row);
    // Not the fastest run: a run is a difference, and a pause in its shorter half makes it too
    // small.
    return measured.last().items() / measured.seconds();
  }

  private void measure(PlannedRow row, Workload workload, Ceilings ceilings) {
    long started = System.nanoTime();
    Measurement measured =
        measure(
            workload,
            run ->
                reference.isPresent()
                    ? reference.get().seconds(row.kind(), run)
                    : OptionalDouble.empty());
    add(
        new MeasuredRow(
            row.kind().label(),
            subject,
            measured,
            row.kind().unit(),
            ceilings.share(measured.last().works(), measured.seconds())));
    longestRowSeconds = Math.max(longestRowSeconds, (System.nanoTime() - started) / 1e9);
  }

  private Measurement measure(Workload workload, Repetition.ToReference reference) {
    return Repetition.MEASURED.measure(workload, Repetition.WARM_UP, reference, stopwatch, gpu());
  }

  private void add(MeasuredRow row) {
    rows.add(row);
    sink.accept(row);
  }

  private OptionalLong gpu() {
    return switch (engine.device()) {
      case Device.Cpu() -> OptionalLong.empty();
      case Device.Cuda(int ordinal) -> OptionalLong.of(ordinal);
    };
  }
}
