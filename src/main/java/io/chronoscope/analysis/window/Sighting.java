package io.chronoscope.analysis.window;

import io.chronoscope.domain.Box;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// An event as reported by the analysis of one window, in microseconds from the stream's start.
///
/// @param toleranceMicros how far off sampling may have put the bounds
/// @param frameMicros times of the frames that show it, including those that bracket its bounds
/// @param chunks the chunks of those frames
/// @param certainty how far the answer can be relied on
/// @param likelihood of its words and times; empty if the model reports no probabilities
/// @param boxes where it is in the picture, by time
public record Sighting(
    long startMicros,
    long endMicros,
    String description,
    long toleranceMicros,
    List<Long> frameMicros,
    List<ChunkOrigin> chunks,
    Certainty certainty,
    Optional<Likelihood> likelihood,
    List<Box> boxes) {

  /// A sighting by a model that reports no probabilities.
  public Sighting(
      long startMicros,
      long endMicros,
      String description,
      long toleranceMicros,
      List<Long> frameMicros,
      List<ChunkOrigin> chunks,
      Certainty certainty) {
    this(
        startMicros,
        endMicros,
        description,
        toleranceMicros,
        frameMicros,
        chunks,
        certainty,
        Optional.empty(),
        List.of());
  }

  public Sighting {
    if (endMicros < startMicros) {
      throw new IllegalArgumentException(
          "'%s' ends at %d µs, before it starts at %d µs"
              .formatted(description, endMicros, startMicros));
    }
    frameMicros = List.copyOf(frameMicros);
    chunks = List.copyOf(chunks);
    boxes = boxes.stream().sorted(Comparator.comparing(Box::time)).toList();
  }

  /// What both report, as one sighting in the words of the longer one.
  ///
  /// @param other from the same window
  public Sighting joined(Sighting other) {
    Sighting longer = lengthMicros() >= other.lengthMicros() ? this : other;
    List<ChunkOrigin> both = new ArrayList<>(chunks);
    other.chunks.stream().filter(chunk -> !both.contains(chunk)).forEach(both::add);
    return new Sighting(
        Math.min(startMicros, other.startMicros),
        Math.max(endMicros, other.endMicros),
        longer.description,
        Math.max(toleranceMicros, other.toleranceMicros),
        Stream.concat(frameMicros.stream(), other.frameMicros.stream())
            .sorted()
            .distinct()
            .toList(),
        both,
        longer.certainty.orRepaired(certainty.repaired() || other.certainty.repaired()),
        longer.likelihood,
        Stream.concat(boxes.stream(), other.boxes.stream()).distinct().toList());
  }

  /// Length of the time that both cover.
  public long sharedMicros(Sighting other) {
    return Math.max(
        0, Math.min(endMicros, other.endMicros) - Math.max(startMicros, other.startMicros));
  }

  public long lengthMicros() {
    return endMicros - startMicros;
  }
}
