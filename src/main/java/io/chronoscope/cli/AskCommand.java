package io.chronoscope.cli;

import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.QuestionPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.render.ClockTime;
import io.chronoscope.render.StreamTimeline;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.TimelineText;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
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

/// A question to the service, and its answer.
@Command(
    name = "ask",
    description = {
      "Asks the service when something happens in a stretch of a stream.",
      "A plain description works best: \"a blue square appears\"."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class AskCommand implements Callable<Integer> {

  @Parameters(paramLabel = "QUESTION", description = "What to look for.")
  String question = "";

  @Option(names = "--stream", paramLabel = "ID", required = true, description = "Which stream.")
  String stream = "";

  @Option(
      names = "--from",
      paramLabel = "T",
      required = true,
      description = "Where the stretch begins, such as 2026-05-04T12:00:00Z.")
  Instant from = Instant.EPOCH;

  @Option(
      names = "--to",
      paramLabel = "T",
      required = true,
      description = "Where the stretch ends.")
  Instant to = Instant.EPOCH;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "120",
      description = "How many seconds to wait for the answer (default: ${DEFAULT-VALUE}).")
  double timeoutSeconds = 120;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "The answer as it is on the topic.")
  boolean json;

  private final Output output;

  AskCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    Duration timeout = ProduceCommand.seconds("--timeout", timeoutSeconds);
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Question asked;
    try {
      asked = new Question("ask-" + UUID.randomUUID(), stream, question, from, to);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
    KafkaOptions.requireBroker(settings);
    TopicNames topics = LayerSettings.topicNames(settings);
    try (ResultReader reader =
            new ResultReader(
                KafkaClientConfig.ofCommand(settings),
                List.of(topics.of(Topic.ANSWERS)),
                ResultReader.From.NOW);
        QuestionPublisher publisher =
            new QuestionPublisher(
                KafkaClientConfig.ofCommand(settings), topics.of(Topic.QUESTIONS))) {
      publisher.ask(asked).toCompletableFuture().join();
      long until = System.nanoTime() + timeout.toNanos();
      while (System.nanoTime() - until < 0) {
        for (Read read : reader.poll(Duration.ofMillis(200))) {
          if (read instanceof Read.Published published
              && published.result() instanceof QuestionAnswer answer
              && answer.id().equals(asked.id())) {
            return show(published, answer);
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw EnvironmentException.notOn(settings.kafka().bootstrapServers(), e);
    }
    throw new IllegalStateException(
        "no answer came within %s s; is the service running? The question stays asked: %s"
            .formatted(timeoutSeconds, asked.id()));
  }

  private int show(Read.Published published, QuestionAnswer answer) {
    if (json) {
      output.json(published.json());
    } else {
      answer.problem().ifPresent(problem -> output.say("chronoscope: " + problem));
      if (answer.problem().isEmpty()) {
        new TimelineText(output.outTerminal()).draw(timeline(answer)).forEach(output::line);
      }
      for (QuestionAnswer.NotSeen part : answer.notSeen()) {
        output.line(
            "  ░ %s – %s not seen: %s"
                .formatted(
                    ClockTime.precise(offsetMs(part.start())),
                    ClockTime.precise(offsetMs(part.end())),
                    part.reason()));
      }
    }
    return answer.problem().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private StreamTimeline timeline(QuestionAnswer answer) {
    String caption =
        "from %s%s"
            .formatted(
                from,
                answer
                    .sampling()
                    .map(s -> String.format(Locale.ROOT, ", %.3g fps", s.fps()))
                    .orElse(""));
    List<StreamTimeline.Row> rows =
        answer.spans().stream()
            .<StreamTimeline.Row>map(span ->
                new Reported(
                    offsetMs(span.start()),
                    offsetMs(span.end()),
                    span.toleranceMs(),
                    String.format(Locale.ROOT, "%s (%.2f)", answer.question(), span.score()),
                    false,
                    Optional.empty()))
            .toList();
    return new StreamTimeline(
        stream, offsetMs(to), caption, rows, rows.isEmpty() ? "It was not seen to happen." : "");
  }

  private long offsetMs(Instant time) {
    return Duration.between(from, time).toMillis();
  }
}
