package io.chronoscope.analysis.window;

import io.chronoscope.domain.ChunkOrigin;
import java.util.List;

/// An event as one window's answer tells it, in microseconds from the stream's start.
///
/// @param toleranceMicros how far the bounds may be off by the sampling around them
/// @param frameMicros times of the frames given to the model between its bounds
/// @param chunks the chunks of those frames
public record Sighting(
    long startMicros,
    long endMicros,
    String description,
    long toleranceMicros,
    List<Long> frameMicros,
    List<ChunkOrigin> chunks) {

  public Sighting {
    if (endMicros < startMicros) {
      throw new IllegalArgumentException("sighting ends before it starts: " + description);
    }
    frameMicros = List.copyOf(frameMicros);
    chunks = List.copyOf(chunks);
  }

  public long sharedMicros(Sighting other) {
    return Math.max(
        0, Math.min(endMicros, other.endMicros) - Math.max(startMicros, other.startMicros));
  }

  public long lengthMicros() {
    return endMicros - startMicros;
  }
}
