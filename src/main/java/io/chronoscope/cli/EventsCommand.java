package io.chronoscope.cli;

import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.StreamResults;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.domain.Result;
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

/// Shows the results on their topics.
@Command(
    name = "events",
    description = "Shows the published results: events, summaries, alerts and rejected records.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class EventsCommand implements Callable<Integer> {

  @Option(names = "--stream", paramLabel = "ID", description = "Only results of this stream.")
  Optional<String> stream = Optional.empty();

  @Option(names = "--alerts", description = "Only alerts.")
  boolean onlyAlerts;

  @Option(names = "--rule", paramLabel = "ID", description = "Only alerts of this rule.")
  Optional<String> rule = Optional.empty();

  @Option(names = "--follow", description = "Continues with new results until stopped.")
  boolean follow;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line, as on the topics.")
  boolean json;

  private final Output output;
  private final Map<String, StreamResults> streams = new LinkedHashMap<>();

  EventsCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    KafkaConnection connection = kafka.connect();
    return connection.readTopics(() -> read(connection));
  }

  private int read(KafkaConnection connection) {
    TopicNames topics = connection.topics();
    try (ResultReader reader =
        new ResultReader(
            connection.client(),
            alertsOnly() ? List.of(topics.of(Topic.ALERTS)) : topics.ofKind(Topic.Kind.ANALYSIS),
            ResultReader.From.BEGINNING)) {
      reader.readToEnd(this::add);
      if (!json) {
        printStreams();
      }
      if (follow) {
        reader.follow(read -> {
          add(read);
          if (!json && read instanceof Read.Published published && isWanted(published.result())) {
            output.print(ResultLines.of(published.result()));
          }
        });
      }
    }
    return ExitCode.OK;
  }

  private boolean alertsOnly() {
    return onlyAlerts || rule.isPresent();
  }

  private boolean isWanted(Result result) {
    return (stream.isEmpty() || stream.get().equals(result.stream()))
        && (rule.isEmpty()
            || (result instanceof Result.Alert alert && alert.rule().equals(rule.get())));
  }

  /// Prints the result as JSON, or collects it for [#printStreams()].
  private void add(Read read) {
    switch (read) {
      case Read.Foreign foreign ->
          output.report("skipped %s: not a result: %s".formatted(foreign.at(), foreign.problem()));
      case Read.Published published -> {
        if (!isWanted(published.result())) {
          return;
        }
        if (json) {
          output.printJson(published.json());
        } else {
          streams
              .computeIfAbsent(published.result().stream(), StreamResults::new)
              .add(published.result());
        }
      }
    }
  }

  private void printStreams() {
    if (streams.isEmpty()) {
      output.report(alertsOnly() ? "no alerts" : "no results yet");
      return;
    }
    if (alertsOnly()) {
      streams
          .values()
          .forEach(
              results -> results.alerts().forEach(alert -> output.print(ResultLines.of(alert))));
      return;
    }
    TimelineText text = new TimelineText(output.outTerminal());
    streams.forEach((name, results) -> {
      text.draw(results.timeline(name, Optional.empty())).forEach(output::print);
      results.alerts().forEach(alert -> output.print("  " + ResultLines.withoutStream(alert)));
      results
          .deadLetters()
          .forEach(deadLetter -> output.print("  " + ResultLines.withoutStream(deadLetter)));
      output.print("");
    });
  }
}
