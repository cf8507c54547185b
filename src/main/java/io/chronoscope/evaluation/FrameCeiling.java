package io.chronoscope.evaluation;

import io.chronoscope.domain.TemporalIou;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// What the sampled frames allow: the temporal IoU of an answer that contains exactly what they
/// show. Where a bound lies between two frames they do not say, so that the middle is the best
/// answer. A model that is lucky between the frames can exceed this ceiling by a little.
///
/// @param ious of each true event; 0 for one that no frame shows
public record FrameCeiling(List<Double> ious) {

  public FrameCeiling {
    ious = List.copyOf(ious);
  }

  /// @param frameMs times of all sampled frames, from the stream's start, in any order
  /// @param untilMs end of the stream
  public static FrameCeiling of(GroundTruth truth, Collection<Long> frameMs, long untilMs) {
    TreeSet<Long> frames = new TreeSet<>(frameMs);
    return new FrameCeiling(
        truth.events().stream().map(event -> iou(event, frames, untilMs)).toList());
  }

  /// Of several videos together.
  public static FrameCeiling ofAll(Collection<FrameCeiling> parts) {
    return new FrameCeiling(parts.stream().flatMap(part -> part.ious.stream()).toList());
  }

  /// Returns the mean over all true events, the highest [Score#meanIou] to be expected; 0 without
  /// any.
  public double meanIou() {
    return ious.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  private static double iou(GroundTruth.Event event, TreeSet<Long> frames, long untilMs) {
    Long first = frames.ceiling(event.startMs());
    Long last = frames.lower(event.endMs());
    if (first == null || last == null || first > last) {
      return 0;
    }
    Long before = frames.lower(first);
    Long after = frames.higher(last);
    return TemporalIou.of(
        event.startMs(),
        event.endMs(),
        before == null ? first : (before + first) / 2,
        after == null ? Math.max(untilMs, last) : (last + after) / 2);
  }
}
