package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.WindowEncoded;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.window.SeenSpan.Extent;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.Sampling;
import io.chronoscope.sampling.ActivityMeter;
import io.chronoscope.sampling.FpsChoice;
import io.chronoscope.sampling.FpsPolicy;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.SampleGrid;
import io.chronoscope.shedding.DetailLevel;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Selects the frames of a window, at the rate and size that activity, token budget and load
/// shedding allow, and has them encoded. Thread-safe.
public final class WindowEncoder {

  private final String stream;
  private final AnalysisSettings settings;
  private final WindowTools tools;
  private final FpsPolicy fpsPolicy;

  public WindowEncoder(String stream, AnalysisSettings settings, WindowTools tools) {
    this.stream = stream;
    this.settings = settings;
    this.tools = tools;
    this.fpsPolicy = new FpsPolicy(settings.sampling());
  }

  /// Encodes a complete window and makes it recallable from the embedding cache. Waits for the
  /// encoder.
  ///
  /// @param window the window's number
  /// @param candidates the window's frames at the candidate rate, in order; at least one
  /// @param grid the candidates' grid; its anchor is the stream's start
  /// @param untilMicros end of the window or of the stream, in microseconds from the stream's start
  /// @param detail how far load shedding reduces rate and size
  /// @param priority how soon the encoder is to process what is not cached
  public EncodedWindow encode(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel detail,
      Priority priority) {
    EncodedWindow encoded =
        encode(window, candidates, grid, untilMicros, detail, priority, Extent.WHOLE);
    tools.embeddings().remember(encoded);
    return encoded;
  }

  /// Encodes the part of a window that was received so far. Parameters as for [#encode].
  EncodedWindow encodePartial(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel detail) {
    return encode(window, candidates, grid, untilMicros, detail, Priority.LIVE, Extent.PARTIAL);
  }

  private EncodedWindow encode(
      long window,
      List<SampledFrame> candidates,
      SampleGrid grid,
      long untilMicros,
      DetailLevel detail,
      Priority priority,
      Extent extent) {
    long startNanos = System.nanoTime();
    FrameSize size = size(candidates, detail);
    int tokensPerPair = tools.model().tokensPerPair(size);
    FpsChoice choice =
        fpsPolicy
            .choose(ActivityMeter.changes(candidates), settings.windows().length(), tokensPerPair)
            .slowed(detail.fpsDivisor(), settings.sampling().minFps());
    List<SampledFrame> frames = choice.select(grid, candidates);
    FramePairs framePairs = new FramePairs(frames);
    EmbeddingCache.Encoded encoded =
        tools.embeddings().encode(stream, framePairs.pairs(), size, priority);
    tools
        .listener()
        .on(
            new WindowEncoded(
                stream,
                encoded.pairs().size(),
                encoded.reused(),
                encoded.unchanged(),
                Duration.ofNanos(System.nanoTime() - startNanos)));
    Sampling sampling =
        new Sampling(
            frames.size(),
            choice.fps(),
            choice.reason(),
            encoded.pairs().size() * tokensPerPair,
            size.widthPx(),
            size.heightPx(),
            lagMillis(frames, priority),
            detail.level());
    return new EncodedWindow(
        stream,
        grid.anchorMicros(),
        span(window, frames, grid.anchorMicros(), choice.fps(), untilMicros, extent),
        sampling,
        framePairs.times(),
        tools.model().positionsPerSecond(),
        frames.stream().map(SampledFrame::origin).toList(),
        frames.stream().map(SampledFrame::originalSize).toList(),
        encoded.pairs());
  }

  private static SeenSpan span(
      long window,
      List<SampledFrame> frames,
      long streamStartMicros,
      double fps,
      long untilMicros,
      Extent extent) {
    long gapMicros = Math.round(1e6 / fps);
    long first = frames.getFirst().gridMicros() - streamStartMicros;
    long last = frames.getLast().gridMicros() - streamStartMicros;
    long until = Math.max(last, Math.min(last + gapMicros, untilMicros));
    return new SeenSpan(window, first, last, until, gapMicros, extent);
  }

  /// Age of the newest record that the window needed; zero where nobody waits for live results.
  private long lagMillis(List<SampledFrame> frames, Priority priority) {
    return switch (priority) {
      case BACKGROUND -> 0;
      case LIVE -> {
        long newest = frames.stream().mapToLong(SampledFrame::recordMillis).max().orElseThrow();
        yield Math.max(0, tools.clock().millis() - newest);
      }
    };
  }

  /// Candidates are buffered at full size. Where the stream changes its resolution within the
  /// window, the most frequent size applies to all frames.
  private FrameSize size(List<SampledFrame> candidates, DetailLevel detail) {
    Map<FrameSize, Integer> counts = new LinkedHashMap<>();
    candidates.forEach(frame -> counts.merge(ChunkReader.sizeOf(frame.picture()), 1, Integer::sum));
    int most = Collections.max(counts.values());
    FrameSize full =
        counts.entrySet().stream()
            .filter(size -> size.getValue() == most)
            .findFirst()
            .orElseThrow()
            .getKey();
    return detail.pixelDivisor() == 1
        ? full
        : tools.model().frameSize(full, Math.max(1, full.pixels() / detail.pixelDivisor()));
  }
}
