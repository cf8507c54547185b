package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.AnswerReused;
import io.chronoscope.analysis.window.EventAnswer.ParsedBox;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.Box;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.sampling.FrameTimes;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.QuantizedTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// The frames selected from one window and their embeddings. Any number of questions can be asked
/// about it.
///
/// @param startMicros the stream's start in epoch microseconds; `span` counts from it
/// @param times of the frames, in epoch microseconds
/// @param positionsPerSecond of the model; empty if its prompts give the times themselves
/// @param origins the chunk of each frame
/// @param originalSizes the size of each frame in its video, before it was scaled for the model
/// @param pairs embeddings of frames two by two; the last frame of an odd count is paired with
///   itself
public record EncodedWindow(
    String stream,
    long startMicros,
    SeenSpan span,
    Sampling sampling,
    FrameTimes times,
    OptionalDouble positionsPerSecond,
    List<ChunkOrigin> origins,
    List<FrameSize> originalSizes,
    List<EncodedPair> pairs) {

  public EncodedWindow {
    origins = List.copyOf(origins);
    originalSizes = List.copyOf(originalSizes);
    pairs = List.copyOf(pairs);
    int frames = times.micros().size();
    if (origins.size() != frames
        || originalSizes.size() != frames
        || pairs.size() != (frames + 1) / 2) {
      throw new IllegalArgumentException(
          "%d frames, but %d origins, %d sizes and %d pairs"
              .formatted(frames, origins.size(), originalSizes.size(), pairs.size()));
    }
  }

  FrameSize size() {
    return new FrameSize(sampling.frameWidthPx(), sampling.frameHeightPx());
  }

  public VideoSession session(WindowTools tools, int maxNewTokens, Priority priority) {
    long first = times.micros().getFirst();
    return new VideoSession(
        tools.model(),
        stream,
        pairs,
        IntStream.range(0, pairs.size())
            .mapToObj(i -> (times.micros().get(2 * i) - first) / 1e6)
            .toList(),
        maxNewTokens,
        priority,
        tools.answers(),
        () -> tools.listener().on(new AnswerReused(stream)));
  }

  /// Length of the video that the model is shown, in microseconds. A single frame represents one
  /// sampling step.
  public long shownMicros() {
    return Math.max(span.untilMicros() - span.firstMicros(), 1);
  }

  /// Places what was found in this window on the stream's time line, with its confidence.
  public Sighting sighting(GroundingResult.Located located) {
    ParsedEvent event = located.event();
    return sighting(event, certainty(event).withConfidence(located.confidence()));
  }

  /// Places an event from an answer about this window on the stream's time line.
  Sighting sighting(ParsedEvent event) {
    return sighting(event, certainty(event));
  }

  private static Certainty certainty(ParsedEvent event) {
    return Certainty.UNSTATED.orRepaired(event.repaired());
  }

  private Sighting sighting(ParsedEvent event, Certainty certainty) {
    QuantizedTimes quantized = quantizedTimes();
    long start = span.firstMicros() + quantized.actual(event.startMicros());
    long end = span.firstMicros() + quantized.actual(event.endMicros());
    List<Long> seen = new ArrayList<>();
    List<ChunkOrigin> chunks = new ArrayList<>();
    for (int i = 0; i < origins.size(); i++) {
      long micros = times.micros().get(i) - startMicros;
      // The frames that bracket the bounds are evidence for them.
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
    return new Sighting(
        start,
        end,
        event.description(),
        tolerance,
        seen,
        chunks,
        certainty,
        event.likelihood(),
        event.boxes().stream().flatMap(box -> inVideo(box).stream()).toList());
  }

  private QuantizedTimes quantizedTimes() {
    long first = times.micros().getFirst();
    return QuantizedTimes.of(
        times.micros().stream().map(micros -> micros - first).toList(),
        shownMicros(),
        positionsPerSecond);
  }

  /// A box in whole pixels of the video that contain it, at the size of the frame shown last before
  /// it; empty if nothing of it lies in the picture.
  private Optional<Box> inVideo(ParsedBox box) {
    long epochMicros = startMicros + span.firstMicros() + box.micros();
    int frame = times.micros().size() - 1;
    while (frame > 0 && times.micros().get(frame) > epochMicros) {
      frame--;
    }
    FrameSize original = originalSizes.get(frame);
    double scaleX = (double) original.widthPx() / sampling.frameWidthPx();
    double scaleY = (double) original.heightPx() / sampling.frameHeightPx();
    int left = (int) Math.floor(Math.clamp(box.left() * scaleX, 0, original.widthPx()));
    int top = (int) Math.floor(Math.clamp(box.top() * scaleY, 0, original.heightPx()));
    int right = (int) Math.ceil(Math.clamp(box.right() * scaleX, 0, original.widthPx()));
    int bottom = (int) Math.ceil(Math.clamp(box.bottom() * scaleY, 0, original.heightPx()));
    return right > left && bottom > top
        ? Optional.of(
            new Box(
                StreamClock.ofEpochMicros(epochMicros),
                Math.round((epochMicros - startMicros) / 1000.0),
                left,
                top,
                right - left,
                bottom - top))
        : Optional.empty();
  }

  /// Whether its frames follow one another at the sampling rate throughout.
  boolean isGapless() {
    List<Long> micros = times.micros();
    return IntStream.range(1, micros.size())
        .allMatch(i -> micros.get(i) - micros.get(i - 1) <= span.gapMicros() * 3 / 2);
  }

  /// Cuts out the pairs that have a frame in a time range; empty when none has.
  ///
  /// @param fromMicros epoch microseconds, inclusive
  /// @param toMicros epoch microseconds, exclusive
  public Optional<EncodedWindow> within(long fromMicros, long toMicros) {
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
        new EncodedWindow(
            stream,
            startMicros,
            new SeenSpan(
                span.window(),
                micros.get(firstFrame) - startMicros,
                micros.get(endFrame - 1) - startMicros,
                until,
                span.gapMicros()),
            sampling.withFrames(endFrame - firstFrame),
            times.between(firstFrame, endFrame),
            positionsPerSecond,
            origins.subList(firstFrame, endFrame),
            originalSizes.subList(firstFrame, endFrame),
            pairs.subList(firstPair, endPair)));
  }

  private long lastOf(int pair) {
    return times.micros().get(Math.min(2 * pair + 1, times.micros().size() - 1));
  }
}
