package io.chronoscope.cli;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.TimeRangeOptions;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.QuestionPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.render.ClockTime;
import io.chronoscope.render.StreamTimeline;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.TimelineText;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Asks the service a question and waits for the answer.
@Command(
    name = "ask",
    description = {
      "Asks the service when something happens in a time range of a stream.",
      "A plain description works best: \"a blue square appears\"."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class AskCommand implements Callable<Integer> {

  @Parameters(paramLabel = "QUESTION", description = "What to look for.")
  String question = "";

  @Option(
      names = "--stream",
      paramLabel = "ID",
      required = true,
      description = "The stream that the question is about.")
  String stream = "";

  @Mixin TimeRangeOptions range = new TimeRangeOptions();

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "120",
      converter = SecondsConverter.class,
      description = "Seconds to wait for the answer (default: ${DEFAULT-VALUE}).")
  Duration timeout = Duration.ofSeconds(120);

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints the answer as on the topic.")
  boolean json;

  private final Output output;

  AskCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    range.check();
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Question asked = newQuestion();
    KafkaConnection connection = KafkaConnection.open(settings);
    return connection.readTopics(() -> ask(asked, connection));
  }

  private Question newQuestion() {
    try {
      return new Question("ask-" + UUID.randomUUID(), stream, question, range.from(), range.to());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  private int ask(Question asked, KafkaConnection connection) {
    try (ResultReader reader =
            new ResultReader(
                connection.client(),
                List.of(connection.topics().of(Topic.ANSWERS)),
                ResultReader.From.NOW);
        QuestionPublisher publisher =
            new QuestionPublisher(connection.client(), connection.topics().of(Topic.QUESTIONS))) {
      publisher.ask(asked).toCompletableFuture().join();
      long deadline = System.nanoTime() + timeout.toNanos();
      while (System.nanoTime() - deadline < 0) {
        for (Read read : reader.poll(Duration.ofMillis(200))) {
          if (read instanceof Read.Published published
              && published.result() instanceof QuestionAnswer answer
              && answer.id().equals(asked.id())) {
            return print(published, answer);
          }
        }
      }
    }
    throw new IllegalStateException(
        "no answer to %s within %s s; is the service running? It answers the question when it runs."
            .formatted(asked.id(), Decimals.of(timeout.toMillis() / 1000.0, 1)));
  }

  private int print(Read.Published published, QuestionAnswer answer) {
    if (json) {
      output.printJson(published.json());
    } else {
      answer.problem().ifPresent(output::message);
      if (answer.problem().isEmpty()) {
        new TimelineText(output.outTerminal()).draw(timeline(answer)).forEach(output::print);
      }
      for (QuestionAnswer.NotSeen gap : answer.notSeen()) {
        output.print(
            "  ░ %s – %s not analyzed: %s"
                .formatted(
                    ClockTime.precise(offsetMs(gap.start())),
                    ClockTime.precise(offsetMs(gap.end())),
                    gap.reason()));
      }
    }
    if (nothingSeen(answer)) {
      output.report(
          "nothing of this range of %s is retained; chronoscope events --stream %s shows whether the"
                  .formatted(stream, stream)
              + " stream is known, and when it was");
    }
    return answer.problem().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private boolean nothingSeen(QuestionAnswer answer) {
    return answer.notSeen().stream()
        .anyMatch(gap -> !gap.start().isAfter(range.from()) && !gap.end().isBefore(range.to()));
  }

  private StreamTimeline timeline(QuestionAnswer answer) {
    String caption =
        "from %s%s"
            .formatted(
                range.from(),
                answer
                    .sampling()
                    .map(s -> String.format(Locale.ROOT, ", %.3g fps", s.fps()))
                    .orElse(""));
    List<StreamTimeline.Row> rows =
        answer.spans().stream()
            .<StreamTimeline.Row>map(span ->
                Reported.closed(
                    offsetMs(span.start()),
                    offsetMs(span.end()),
                    span.toleranceMs(),
                    String.format(Locale.ROOT, "%s (%.2f)", answer.question(), span.score()),
                    Optional.empty()))
            .toList();
    return new StreamTimeline(
        stream,
        offsetMs(range.to()),
        caption,
        rows,
        rows.isEmpty() ? "No occurrence was found." : "");
  }

  private long offsetMs(Instant time) {
    return Duration.between(range.from(), time).toMillis();
  }
}
