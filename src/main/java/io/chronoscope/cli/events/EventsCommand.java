package io.chronoscope.cli.events;

import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.PointInTime;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.Result;
import io.chronoscope.render.TimelineText;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.ResultType;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows the results on their topics.
@Command(
    name = "events",
    description = {
      "Shows the published results: events, summaries, alerts and rejected records.",
      "Times: 12:00, 2026-05-04 12:00, 2026-05-04T12:00:00Z, or 10m, -2h, 3d for how long ago."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class EventsCommand implements Callable<Integer> {

  /// What is about a time is published after it; clocks of producers may be ahead by this much.
  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

  private static final int MAX_NAMED = 10;

  @Option(names = "--stream", paramLabel = "ID", description = "Only results of this stream.")
  Optional<String> stream = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = PointInTime.class,
      description = "Only results that end then or later.")
  Optional<Instant> since = Optional.empty();

  @Option(
      names = "--until",
      paramLabel = "T",
      converter = PointInTime.class,
      description = "Only results that start before.")
  Optional<Instant> until = Optional.empty();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Only the N events, alerts, gaps and rejected records that were published last (with"
              + " --json, the N last records).")
  Optional<Integer> limit = Optional.empty();

  @Option(names = "--alerts", description = "Only alerts.")
  boolean onlyAlerts;

  @Option(names = "--rule", paramLabel = "ID", description = "Only alerts of this rule.")
  Optional<String> rule = Optional.empty();

  @Option(
      names = "--follow",
      description =
          "Shows results from now on (or from --since on) until stopped: a row for each event, which"
              + " is rewritten as it changes.")
  boolean follow;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints one JSON object on each line, as on the topics.")
  boolean json;

  private final Output output;

  public EventsCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    if (since.isPresent() && until.isPresent() && until.get().isBefore(since.get())) {
      throw new ConfigurationException(
          "--until (%s) is before --since (%s)".formatted(until.get(), since.get()));
    }
    if (limit.isPresent() && limit.get() < 1) {
      throw new ConfigurationException("--limit is %d, must be above 0".formatted(limit.get()));
    }
    KafkaConnection connection = kafka.connect();
    return connection.readTopics(() -> read(connection));
  }

  private int read(KafkaConnection connection) {
    TopicNames topics = connection.topics();
    List<String> names =
        alertsOnly() ? List.of(topics.of(Topic.ALERTS)) : topics.ofKind(Topic.Kind.ANALYSIS);
    try (ResultReader reader = open(connection, names)) {
      if (follow) {
        follow(reader);
      } else {
        show(reader);
      }
    }
    return ExitCode.OK;
  }

  private ResultReader open(KafkaConnection connection, Collection<String> names) {
    if (since.isPresent()) {
      return ResultReader.since(connection.client(), names, since.get().minus(CLOCK_TOLERANCE));
    }
    return new ResultReader(
        connection.client(), names, follow ? ResultReader.From.NOW : ResultReader.From.BEGINNING);
  }

  private boolean alertsOnly() {
    return onlyAlerts || rule.isPresent();
  }

  private boolean isWanted(Result result) {
    return (stream.isEmpty() || stream.get().equals(result.stream()))
        && (rule.isEmpty()
            || (result instanceof Result.Alert alert && alert.rule().equals(rule.get())))
        && isInTime(result);
  }

  /// Rejected records have no time of their own; those read count.
  private boolean isInTime(Result result) {
    return switch (result) {
      case Result.Timed timed -> isInTime(timed.start(), timed.end());
      case Result.StreamEnd end -> isInTime(end.end(), end.end());
      case Result.QuestionAnswer answer -> true;
      case Result.DeadLetter letter -> true;
    };
  }

  private boolean isInTime(Instant start, Instant end) {
    return since.map(from -> !end.isBefore(from)).orElse(true)
        && until.map(start::isBefore).orElse(true);
  }

  private Optional<Read.Published> wanted(Read read) {
    return switch (read) {
      case Read.Foreign foreign -> {
        output.report("skipped %s: not a result: %s".formatted(foreign.at(), foreign.problem()));
        yield Optional.empty();
      }
      case Read.Published published ->
          isWanted(published.result()) ? Optional.of(published) : Optional.empty();
    };
  }

  private void show(ResultReader reader) {
    Deque<Read.Published> records = new ArrayDeque<>();
    List<Result> results = new ArrayList<>();
    Set<String> streams = new TreeSet<>();
    reader.readToEnd(read -> {
      if (read instanceof Read.Published published) {
        streams.add(published.result().stream());
      }
      wanted(read)
          .ifPresent(published -> {
            if (json && limit.isEmpty()) {
              output.printJson(published.json());
              return;
            }
            if (!json) {
              results.add(published.result());
              return;
            }
            records.add(published);
            if (records.size() > limit.get()) {
              records.remove();
            }
          });
    });
    if (stream.isPresent() && !streams.contains(stream.get())) {
      output.report(unknown(stream.get(), streams));
      return;
    }
    if (json) {
      records.forEach(published -> output.printJson(published.json()));
    } else {
      print(limit.map(most -> LatestRows.of(results, most)).orElse(results));
    }
  }

  private static String unknown(String stream, Set<String> streams) {
    return "no results of a stream %s; %s"
        .formatted(
            stream,
            streams.isEmpty()
                ? "there are none of any stream yet"
                : "there are results of "
                    + streams.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
                    + (streams.size() > MAX_NAMED
                        ? " and %d more".formatted(streams.size() - MAX_NAMED)
                        : ""));
  }

  private void print(List<Result> results) {
    Recordings recordings = new Recordings();
    results.forEach(recordings::add);
    if (recordings.isEmpty()) {
      output.report(alertsOnly() ? "no alerts" : "no results yet");
      return;
    }
    if (alertsOnly()) {
      recordings
          .all()
          .forEach(
              one -> one.results().alerts().forEach(alert -> output.print(ResultLines.of(alert))));
      return;
    }
    TimelineText text = new TimelineText(output.outTerminal());
    LocalTimes times = LocalTimes.ofMachine();
    for (Recordings.Recording one : recordings.all()) {
      text.draw(one.results().timeline(one.name(times), Optional.empty())).forEach(output::print);
      one.results()
          .alerts()
          .forEach(alert -> output.print("  " + ResultLines.withoutStream(alert)));
      one.results()
          .deadLetters()
          .forEach(letter -> output.print("  " + ResultLines.withoutStream(letter)));
      output.print("");
    }
  }

  private void follow(ResultReader reader) {
    if (!json) {
      output.print(ResultRow.heading());
    }
    ResultRow row = new ResultRow(LocalTimes.ofMachine());
    LiveRows rows = new LiveRows(output.out(), output.outTerminal());
    reader.follow(read ->
        wanted(read)
            .ifPresent(published -> {
              if (json) {
                output.printJson(published.json());
              } else {
                Result result = published.result();
                row.of(result)
                    .ifPresent(lines -> rows.put(ResultType.of(result) + "/" + result.id(), lines));
              }
            }));
  }
}
