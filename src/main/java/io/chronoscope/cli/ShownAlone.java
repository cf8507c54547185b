package io.chronoscope.cli;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.batching.BatchListener;
import io.chronoscope.cli.EvaluationReport.Evaluated;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentStream;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.evaluation.GroundTruth;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.service.AnalysisRuntime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Shows the model the part of a video in which something happens alone, one frame more on either
/// side: what it can name there, its encoder has seen. Opens the model; the service must have
/// stopped.
final class ShownAlone implements AutoCloseable {

  private static final Instant START = Instant.EPOCH;

  private final DecodePool decoders;
  private final AnalysisRuntime runtime;
  private final AnalysisSettings settings;

  ShownAlone(ChronoscopeConfig config) {
    this.decoders =
        ConfiguredDecoding.decoders(config, config.decode().isolation(), 1, DecodeListener.SILENT);
    this.runtime =
        AnalysisRuntime.open(config, decoders, AnalysisListener.SILENT, BatchListener.SILENT);
    this.settings = LayerSettings.analysis(config, runtime.hints(), Optional.empty());
  }

  /// What the model describes; of a long event what fits into a window.
  List<String> describe(Evaluated video, SegmentStream stream, GroundTruth.Event event) {
    AnalysisSettings sampled = video.fixed().map(settings::withFixed).orElse(settings);
    double fps = video.fixed().map(FixedRate::fps).orElse(settings.sampling().targetFps());
    long gapMicros = Math.round(1e6 / fps);
    long from = Math.max(0, event.startMs() * 1000 - gapMicros);
    long until =
        Math.min(
            event.endMs() * 1000 + gapMicros, from + settings.windows().length().toNanos() / 1000);
    List<Chunk> chunks =
        stream.segments().stream()
            .filter(segment ->
                segment.start().toNanos() / 1000 < until
                    && FileFeed.endOf(segment).toNanos() / 1000 > from)
            .map(segment -> FileFeed.chunk(stream.id(), stream.id(), START, segment))
            .toList();
    try {
      return chunks.isEmpty() ? List.of() : runtime.describe(START, chunks, from, until, sampled);
    } catch (UnreadableMediaException e) {
      return List.of(); // as in the evaluation, which has no frame of it either
    }
  }

  @Override
  public void close() {
    runtime.close();
    decoders.close();
  }
}
