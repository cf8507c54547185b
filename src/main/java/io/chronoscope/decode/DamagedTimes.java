package io.chronoscope.decode;

import io.chronoscope.decode.MediaFacts.Damage;
import java.util.ArrayList;
import java.util.List;

/// Collects spans of time in ascending order and joins those that adjoin.
final class DamagedTimes {

  private final List<Damage> spans = new ArrayList<>();

  void add(long fromMicros, long untilMicros) {
    if (!spans.isEmpty() && spans.getLast().untilMicros() >= fromMicros) {
      fromMicros = spans.removeLast().fromMicros();
    }
    spans.add(new Damage(fromMicros, untilMicros));
  }

  List<Damage> spans() {
    return List.copyOf(spans);
  }
}
