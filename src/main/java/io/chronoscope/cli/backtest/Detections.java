package io.chronoscope.cli.backtest;

import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Revised;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.evaluation.Difference.Detection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Collects the events and alerts of an analysis, of each the latest revision. Thread-safe.
final class Detections {

  /// Compares events with events only, never with alerts.
  private static final String EVENT = "event";

  private final Map<String, Revised> latest = new LinkedHashMap<>();

  /// Ignores results that are neither events nor alerts.
  synchronized void add(Result result) {
    if (result instanceof Revised revised
        && (result instanceof VideoEvent || result instanceof Alert)) {
      latest.merge(
          revised.id(), revised, (old, next) -> next.revision() >= old.revision() ? next : old);
    }
  }

  /// Returns the detections in scope that are not withdrawn.
  synchronized List<Detection> in(Scope scope, Predicate<Detection> wanted) {
    List<Detection> detections = new ArrayList<>();
    for (Revised one : latest.values()) {
      detection(one, scope).filter(wanted).ifPresent(detections::add);
    }
    return detections;
  }

  private static Optional<Detection> detection(Revised result, Scope scope) {
    return switch (result) {
      case VideoEvent event
          when event.status() != Status.WITHDRAWN
              && scope.includes(event.stream(), event.start(), event.end()) ->
          Optional.of(
              new Detection(
                  event.id(),
                  event.stream(),
                  EVENT,
                  event.description(),
                  event.start().toEpochMilli(),
                  event.end().toEpochMilli(),
                  samplingToleranceMs(event)));
      case Alert alert
          when alert.status() != Status.WITHDRAWN
              && scope.includes(alert.stream(), alert.start(), alert.end()) ->
          Optional.of(
              new Detection(
                  alert.id(),
                  alert.stream(),
                  alert.rule(),
                  alert.text(),
                  alert.start().toEpochMilli(),
                  alert.end().toEpochMilli(),
                  alert.toleranceMs()));
      default -> Optional.empty();
    };
  }

  /// What the sampling leaves open: two runs on the same frames do not differ by the error of the
  /// model that the tolerance of an event covers, too.
  private static long samplingToleranceMs(VideoEvent event) {
    return Math.min(event.toleranceMs(), (long) Math.ceil(1000 / event.sampling().fps()));
  }
}
