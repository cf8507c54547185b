package io.chronoscope.analysis.event;

import io.chronoscope.domain.Box;
import io.chronoscope.domain.TimeSpan;
import java.util.ArrayList;
import java.util.List;

/// Limits the boxes that an event states to its span, and to a number that fits into a record
/// however long the event lasts.
final class BoxSample {

  /// Of a longer list, half as many are taken from its start and half from its end.
  static final int MAX_BOXES = 64;

  private BoxSample() {}

  /// @param boxes by time
  static List<Box> of(TimeSpan span, List<Box> boxes) {
    List<Box> within =
        boxes.stream()
            .filter(box -> !box.time().isBefore(span.start()) && !box.time().isAfter(span.end()))
            .toList();
    if (within.size() <= MAX_BOXES) {
      return within;
    }
    List<Box> few = new ArrayList<>(within.subList(0, MAX_BOXES / 2));
    few.addAll(within.subList(within.size() - MAX_BOXES / 2, within.size()));
    return List.copyOf(few);
  }
}
