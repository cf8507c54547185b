package io.chronoscope.analysis.window;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Sampling;
import io.chronoscope.sampling.FrameTimes;
import io.chronoscope.vlm.EncodedPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What the model has before itself of one window: which frames were taken, and what the encoder
/// made of them. It can be asked any number of questions.
///
/// @param startMicros the stream's start, absolute, from which `span` counts
/// @param times of the frames, absolute
/// @param origins the chunk of each frame
/// @param pairs two and two; of an odd count the last frame stands twice
public record WindowView(
    String stream,
    long startMicros,
    SeenSpan span,
    Sampling sampling,
    FrameTimes times,
    List<ChunkOrigin> origins,
    List<EncodedPair> pairs) {

  public WindowView {
    origins = List.copyOf(origins);
    pairs = List.copyOf(pairs);
    int frames = times.micros().size();
    if (origins.size() != frames || pairs.size() != (frames + 1) / 2) {
      throw new IllegalArgumentException(
          "%d frames with %d origins and %d pairs".formatted(frames, origins.size(), pairs.size()));
    }
  }

  FrameSize size() {
    return new FrameSize(sampling.frameWidthPx(), sampling.frameHeightPx());
  }

  public ModelSession session(BatchedModel model, int maxNewTokens, BatchedModel.Urgency urgency) {
    long first = times.micros().getFirst();
    return new ModelSession(
        model,
        pairs,
        IntStream.range(0, pairs.size())
            .mapToObj(i -> (times.micros().get(2 * i) - first) / 1e6)
            .toList(),
        maxNewTokens,
        urgency);
  }

  /// How much video the model is shown, in microseconds. One frame alone shows an instant; what is
  /// told of it lies within one sampling step.
  public long shownMicros() {
    return Math.max(span.untilMicros() - span.firstMicros(), 1);
  }

  /// Something that was told about this window.
  ///
  /// @param told in microseconds from the window's first frame
  public Sighting sighting(EventAnswer.Told told) {
    long start = span.firstMicros() + told.startMicros();
    long end = span.firstMicros() + told.endMicros();
    List<Long> seen = new ArrayList<>();
    List<ChunkOrigin> chunks = new ArrayList<>();
    for (int i = 0; i < origins.size(); i++) {
      long micros = times.micros().get(i) - startMicros;
      // The frames that bracket the bounds were seen for it, too.
      if (micros > start - span.gapMicros() && micros < end + span.gapMicros()) {
        seen.add(micros);
        if (chunks.isEmpty() || !chunks.getLast().equals(origins.get(i))) {
          chunks.add(origins.get(i));
        }
      }
    }
    long tolerance =
        Math.max(
            times.toleranceMicrosAt(start + startMicros),
            times.toleranceMicrosAt(end + startMicros));
    return new Sighting(start, end, told.description(), tolerance, seen, chunks);
  }

  /// Whether frames follow one another at the chosen rate all through.
  boolean isWithoutHoles() {
    List<Long> micros = times.micros();
    return IntStream.range(1, micros.size())
        .allMatch(i -> micros.get(i) - micros.get(i - 1) <= span.gapMicros() * 3 / 2);
  }

  /// The pairs that have a frame in a stretch; empty when none has.
  ///
  /// @param fromMicros absolute
  /// @param toMicros absolute, no longer part of it
  public Optional<WindowView> within(long fromMicros, long toMicros) {
    List<Long> micros = times.micros();
    int firstPair = 0;
    int endPair = pairs.size();
    while (firstPair < endPair && lastOf(firstPair) < fromMicros) {
      firstPair++;
    }
    while (firstPair < endPair && micros.get(2 * (endPair - 1)) >= toMicros) {
      endPair--;
    }
    if (firstPair == endPair) {
      return Optional.empty();
    }
    int firstFrame = 2 * firstPair;
    int endFrame = Math.min(2 * endPair, micros.size());
    long until =
        endFrame == micros.size() ? span.untilMicros() : micros.get(endFrame) - startMicros;
    return Optional.of(
        new WindowView(
            stream,
            startMicros,
            new SeenSpan(
                span.window(),
                micros.get(firstFrame) - startMicros,
                micros.get(endFrame - 1) - startMicros,
                until,
                span.gapMicros()),
            sampling.withFrames(endFrame - firstFrame),
            new FrameTimes(micros.subList(firstFrame, endFrame)),
            origins.subList(firstFrame, endFrame),
            pairs.subList(firstPair, endPair)));
  }

  private long lastOf(int pair) {
    return times.micros().get(Math.min(2 * pair + 1, times.micros().size() - 1));
  }
}
