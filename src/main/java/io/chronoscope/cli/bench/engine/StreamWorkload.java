package io.chronoscope.cli.bench.engine;

import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.rule.Rules;
import io.chronoscope.service.AnalysisRuntime;
import io.chronoscope.shedding.LoadGovernor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The whole stream ([StreamReplay]), with decoders as configured. Owns a model of its own.
final class StreamWorkload implements Workload, AutoCloseable {

  private final StreamReplay replay;
  private final Stopwatch stopwatch = Stopwatch.ofProcessAndWorkers();
  private final MeteredModel model;
  private final DecodePool decoders;
  private final AnalysisRuntime runtime;
  private final StreamAnalysis analysis;
  private int streams;

  private StreamWorkload(
      ChronoscopeConfig settings,
      ModelWork work,
      List<MediaSegment> segments,
      PlannedRow.Replay.Until until) {
    this.replay = new StreamReplay(segments);
    AtomicReference<MeteredModel> metered = new AtomicReference<>();
    this.decoders = ConfiguredDecoding.decoders(settings, DecodeListener.SILENT);
    decoders.awaitStarted();
    this.runtime =
        AnalysisRuntime.open(
            settings,
            decoders,
            replay.listener(),
            BatchListener.SILENT,
            engine -> {
              MeteredModel decorated =
                  new MeteredModel(
                      switch (until) {
                        case TOKENS -> new SilentModel(engine);
                        case RESULTS -> engine;
                      },
                      work);
              metered.set(decorated);
              return decorated;
            });
    this.model = Objects.requireNonNull(metered.get());
    this.analysis =
        runtime.analysis(
            LayerSettings.analysis(settings, runtime.hints(), Optional.empty()),
            LoadGovernor.off(),
            Rules.NONE,
            replay::commit);
  }

  /// Opens the configured model.
  ///
  /// @param work of that model
  /// @param until where the measured way ends
  static StreamWorkload open(
      ChronoscopeConfig settings,
      ModelWork work,
      List<MediaSegment> segments,
      PlannedRow.Replay.Until until) {
    return new StreamWorkload(settings, work, segments, until);
  }

  @Override
  public void warmUp() {}

  @Override
  public Outcome run() {
    model.drain();
    String stream = "bench-" + ++streams;
    Cost cost = stopwatch.time(() -> replay.run(analysis, stream));
    return new Outcome(cost, Dimensions.NONE, replay.videoSeconds(), model.drain());
  }

  @Override
  public void close() {
    analysis.close();
    runtime.close();
    decoders.close();
  }
}
