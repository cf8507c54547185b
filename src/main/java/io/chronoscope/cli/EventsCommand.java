package io.chronoscope.cli;

import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.domain.Result;
import io.chronoscope.render.ClockTime;
import io.chronoscope.render.TimelineText;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What is on the result topics.
@Command(
    name = "events",
    description = {
      "Shows what was found: events, summaries, what rules found, and what could not be read."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class EventsCommand implements Callable<Integer> {

  @Option(names = "--stream", paramLabel = "ID", description = "Only of this stream.")
  Optional<String> stream = Optional.empty();

  @Option(names = "--alerts", description = "Only what rules found.")
  boolean onlyAlerts;

  @Option(names = "--rule", paramLabel = "ID", description = "Only what this rule found.")
  Optional<String> rule = Optional.empty();

  @Option(names = "--follow", description = "Goes on with what comes, until stopped.")
  boolean follow;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "One object a line, as it is on the topics.")
  boolean json;

  private final Output output;
  private final Map<String, StreamResults> streams = new LinkedHashMap<>();

  EventsCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    KafkaOptions.requireBroker(settings);
    TopicNames topics = LayerSettings.topicNames(settings);
    try (ResultReader reader =
        new ResultReader(
            KafkaClientConfig.ofCommand(settings),
            alertsOnly() ? List.of(topics.of(Topic.ALERTS)) : topics.ofKind(Topic.Kind.ANALYSIS),
            ResultReader.From.BEGINNING)) {
      reader.readToEnd(this::take);
      if (!json) {
        show();
      }
      if (follow) {
        reader.follow(read -> {
          take(read);
          if (!json && read instanceof Read.Published published && wanted(published.result())) {
            output.line(line(published.result()));
          }
        });
      }
    } catch (IllegalArgumentException e) {
      throw EnvironmentException.notOn(settings.kafka().bootstrapServers(), e);
    }
    return ExitCode.OK;
  }

  private boolean alertsOnly() {
    return onlyAlerts || rule.isPresent();
  }

  private boolean wanted(Result result) {
    return (stream.isEmpty() || stream.get().equals(result.stream()))
        && (rule.isEmpty()
            || (result instanceof Result.Alert alert && alert.rule().equals(rule.get())));
  }

  private void take(Read read) {
    switch (read) {
      case Read.Foreign foreign ->
          output.say("not a result: " + foreign.at() + ": " + foreign.problem());
      case Read.Published published -> {
        if (!wanted(published.result())) {
          return;
        }
        if (json) {
          output.json(published.json());
        } else {
          String name = published.result().stream();
          streams.computeIfAbsent(name, StreamResults::new).add(published.result());
        }
      }
    }
  }

  private void show() {
    if (streams.isEmpty()) {
      output.say(alertsOnly() ? "no alerts" : "nothing has been found yet");
      return;
    }
    if (alertsOnly()) {
      streams
          .values()
          .forEach(results -> results.alerts().forEach(alert -> output.line(line(alert))));
      return;
    }
    TimelineText text = new TimelineText(output.outTerminal());
    streams.forEach((name, results) -> {
      text.draw(results.timeline(name, Optional.empty())).forEach(output::line);
      results.alerts().forEach(alert -> output.line("  " + describe(alert)));
      results.deadLetters().forEach(letter -> output.line("  ✗ " + describe(letter)));
      output.line("");
    });
  }

  private static String line(Result result) {
    return switch (result) {
      case Result.VideoEvent event ->
          "%s  %s  %s – %s ±%.2f  %s%s"
              .formatted(
                  event.start(),
                  event.stream(),
                  ClockTime.precise(event.startOffsetMs()),
                  !event.isFinal() ? "…" : ClockTime.precise(event.endOffsetMs()),
                  event.toleranceMs() / 1000.0,
                  event.status() == Result.Status.WITHDRAWN ? "withdrawn: " : "",
                  event.description());
      case Result.Summary summary ->
          "%s  %s  %s – %s  │ %s"
              .formatted(
                  summary.start(),
                  summary.stream(),
                  ClockTime.precise(summary.startOffsetMs()),
                  ClockTime.precise(summary.endOffsetMs()),
                  summary.text());
      case Result.Unanswered window ->
          "%s  %s  %s – %s  ✗ no usable answer: %s"
              .formatted(
                  window.start(),
                  window.stream(),
                  ClockTime.precise(window.startOffsetMs()),
                  ClockTime.precise(window.endOffsetMs()),
                  window.problem());
      case Result.Gap gap ->
          "%s  %s  %s – %s  ░ %snot seen: %s"
              .formatted(
                  gap.start(),
                  gap.stream(),
                  ClockTime.precise(gap.startOffsetMs()),
                  ClockTime.precise(gap.endOffsetMs()),
                  gap.status() == Result.Status.WITHDRAWN ? "withdrawn: " : "",
                  gap.detail());
      case Result.StreamEnd end ->
          "%s  %s  ■ ended after %s: %d events"
              .formatted(
                  end.end(), end.stream(), ClockTime.precise(end.durationMs()), end.events());
      case Result.Alert alert ->
          "%s  %s  %s".formatted(alert.start(), alert.stream(), describe(alert));
      case Result.QuestionAnswer answer ->
          "%s  ? %s: %s"
              .formatted(
                  answer.stream(),
                  answer.question(),
                  answer.problem().orElseGet(() -> answer.spans().size() + " spans"));
      case Result.DeadLetter letter -> letter.stream() + "  ✗ " + describe(letter);
    };
  }

  private static String describe(Result.Alert alert) {
    return "%s – %s ±%.2f  ⚠ %s%s: %s (%.2f)"
        .formatted(
            ClockTime.precise(alert.startOffsetMs()),
            alert.status().isFinal() ? ClockTime.precise(alert.endOffsetMs()) : "…",
            alert.toleranceMs() / 1000.0,
            alert.status() == Result.Status.WITHDRAWN ? "withdrawn: " : "",
            alert.rule(),
            alert.text(),
            alert.score());
  }

  static String describe(Result.DeadLetter letter) {
    return "%s could not be read: %s (%s)"
        .formatted(
            letter.origin(),
            letter.rejection().detail(),
            letter.rejection().reason().name().toLowerCase(java.util.Locale.ROOT));
  }
}
