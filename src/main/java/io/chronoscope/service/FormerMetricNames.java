package io.chronoscope.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.List;
import java.util.Map;

/// Publishes metrics under their former names too, for one version; `docs/operating.md` lists them
/// as deprecated. Counters and gauges read the metric of the current name. Timers must be recorded
/// twice, because their histogram cannot be read: the names for that are here.
final class FormerMetricNames {

  /// Former `stage` of `chronoscope.stage.seconds` for partial analyses, now `partial`.
  static final String PARTIAL_STAGE = "early";

  /// Former names by current ones.
  static final Map<String, String> COUNTERS =
      Map.of(
          "chronoscope.windows.partial", "chronoscope.looks.early",
          "chronoscope.windows.shed", "chronoscope.windows.left.out",
          "chronoscope.answers.malformed", "chronoscope.answers.broken",
          "chronoscope.alerts.suppressed", "chronoscope.alerts.cooled",
          "chronoscope.rules.evaluated", "chronoscope.rules.judged",
          "chronoscope.rules.skipped", "chronoscope.rules.left.out",
          "chronoscope.streams.finished", "chronoscope.streams.over");

  /// Former names by current ones.
  static final Map<String, String> GAUGES =
      Map.of(
          "chronoscope.shedding.pressure", "chronoscope.load.pressure",
          "chronoscope.shedding.lag", "chronoscope.load.lag");

  /// Former tag values by current ones, of renamed counters.
  private static final Map<String, String> TAG_VALUES =
      Map.of("matched", "seen", "not-matched", "not-seen");

  private FormerMetricNames() {}

  /// To be called once, when all metrics of the current names are registered.
  static void publish(MeterRegistry registry) {
    COUNTERS.forEach((current, former) ->
        registry
            .get(current)
            .counters()
            .forEach(counter ->
                FunctionCounter.builder(former, counter, Counter::count)
                    .tags(formerTags(counter.getId().getTags()))
                    .description("Deprecated, now " + current)
                    .register(registry)));
    GAUGES.forEach((current, former) -> {
      Gauge gauge = registry.get(current).gauge();
      Gauge.builder(former, gauge, Gauge::value)
          .baseUnit(gauge.getId().getBaseUnit())
          .description("Deprecated, now " + current)
          .register(registry);
    });
  }

  private static List<Tag> formerTags(List<Tag> tags) {
    return tags.stream()
        .map(tag -> Tag.of(tag.getKey(), TAG_VALUES.getOrDefault(tag.getValue(), tag.getValue())))
        .toList();
  }
}
