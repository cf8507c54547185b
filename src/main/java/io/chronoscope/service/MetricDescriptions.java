package io.chronoscope.service;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;
import java.util.Optional;

/// The help texts of metrics that are registered without one. Prometheus shows them in its
/// interface and as `# HELP`; `docs/operating.md` says when to act on a metric.
final class MetricDescriptions implements MeterFilter {

  private static final Map<String, String> BY_NAME =
      Map.ofEntries(
          Map.entry(
              "chronoscope.references.fetched.bytes", "Bytes fetched for chunks by reference"),
          Map.entry(
              "chronoscope.references.unreachable", "Attempts at a store that did not respond"),
          Map.entry(
              "chronoscope.chunks", "Chunks by outcome: decoded, skipped, shed, or why rejected"),
          Map.entry(
              "chronoscope.frames",
              "Frames by stage: decoded, damaged, sampled, shown to the model"),
          Map.entry("chronoscope.pairs", "Frame pairs, encoded anew or reused"),
          Map.entry("chronoscope.tokens", "Tokens of video shown and of text generated"),
          Map.entry(
              "chronoscope.prompt.tokens",
              "Tokens of prompts, computed or reused from a beginning"),
          Map.entry("chronoscope.windows", "Windows analyzed as a whole"),
          Map.entry("chronoscope.windows.partial", "Partial analyses of windows not yet full"),
          Map.entry("chronoscope.windows.shed", "Windows left out by load shedding"),
          Map.entry("chronoscope.events", "Events found in windows, before they are merged"),
          Map.entry("chronoscope.streams.finished", "Streams that ended or failed"),
          Map.entry("chronoscope.streams", "Streams with work in progress"),
          Map.entry("chronoscope.queue.bytes", "Bytes of chunks that wait to be decoded"),
          Map.entry(
              "chronoscope.rules.skipped", "Rules not evaluated in a window that has too many"),
          Map.entry("chronoscope.rules.evaluated", "Evaluations of rules, matched or not"),
          Map.entry(
              "chronoscope.spans.refused",
              "Spans found for a rule, a question or a query that the check of the span refused"),
          Map.entry("chronoscope.alerts.suppressed", "Matches suppressed by a rule's cool-down"),
          Map.entry(
              "chronoscope.answers.malformed",
              "Malformed answers of the model: repaired, retried, or reported as unanswered"),
          Map.entry(
              "chronoscope.answers.reused", "Answers of windows in which nothing changed, reused"),
          Map.entry("chronoscope.search.results", "Results in the search index"),
          Map.entry("chronoscope.search.behind", "Records of the results topics not indexed yet"),
          Map.entry("chronoscope.batch.size", "Pairs or prompts computed together, by stage"),
          Map.entry("chronoscope.window.fps", "Frame rates that dynamic sampling chose"),
          Map.entry(
              "chronoscope.lag.seconds", "Decoded video not yet analyzed, of the worst stream"),
          Map.entry("chronoscope.stage.seconds", "Time spent in a stage of the analysis"));

  @Override
  public Meter.Id map(Meter.Id id) {
    String description = id.getDescription();
    if (description != null && !description.isBlank()) {
      return id;
    }
    return Optional.ofNullable(BY_NAME.get(id.getName()))
        .map(known ->
            new Meter.Id(
                id.getName(),
                Tags.of(id.getTagsAsIterable()),
                id.getBaseUnit(),
                known,
                id.getType()))
        .orElse(id);
  }
}
