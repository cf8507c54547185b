package io.chronoscope.analysis.question;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.analysis.window.Sighting;
import io.chronoscope.analysis.window.WindowAnalyzer;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.DetailLevel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Has the model describe a short part of a video that is shown alone, sampled as in the analysis
/// of the whole.
public final class SpanDescription {

  /// Not the number of a window of the stream.
  private static final long WINDOW = 0;

  private SpanDescription() {}

  /// @param start of the stream; anchors the sampling
  /// @param chunks with declared starts, in order
  /// @param fromMicros from the stream's start
  /// @param untilMicros from the stream's start; no further than a window is long
  /// @return descriptions of the events; none when no frame is sampled there
  /// @throws UnreadableMediaException when a chunk cannot be decoded
  public static List<String> of(
      Instant start,
      List<Chunk> chunks,
      long fromMicros,
      long untilMicros,
      AnalysisSettings settings,
      WindowTools tools)
      throws UnreadableMediaException {
    long anchor = StreamClock.epochMicros(start);
    ChunkReader reader = new ChunkReader(tools, settings, anchor);
    reader.skipBefore(anchor + fromMicros);
    List<SampledFrame> frames = new ArrayList<>();
    try {
      for (Chunk chunk : chunks) {
        long at = StreamClock.epochMicros(chunk.declaredStart().orElse(start));
        if (at < anchor + untilMicros) {
          frames.addAll(reader.read(chunk, at).frames());
        }
      }
      List<SampledFrame> shown =
          frames.stream().filter(frame -> frame.gridMicros() < anchor + untilMicros).toList();
      return shown.isEmpty()
          ? List.of()
          : new WindowAnalyzer(chunks.getFirst().stream(), settings, tools, Rules.NONE)
                  .analyzePartial(WINDOW, shown, reader.grid(), untilMicros, DetailLevel.FULL)
                  .events()
                  .stream()
                  .map(Sighting::description)
                  .toList();
    } finally {
      frames.forEach(frame -> frame.picture().close());
    }
  }
}
