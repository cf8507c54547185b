package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.Redriver;
import io.chronoscope.client.RetainedRecords;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.service.ExitCode;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Refused records back onto their topics.
@Command(
    name = "redrive",
    description = {
      "Sends refused records to their topics again. A chunk takes its place in time, however late.",
      "What was redriven before is left out, unless --again."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DlqRedriveCommand implements Callable<Integer> {

  private static final URI SOURCE = URI.create("/chronoscope/dlq");

  @Parameters(
      arity = "0..*",
      paramLabel = "ID",
      description = "topic/partition/offset, as dlq list shows them.")
  List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "All that the filters leave; needs --reason.")
  boolean all;

  @Mixin DeadLetterFilter filter = new DeadLetterFilter();

  @Option(names = "--dry-run", description = "Only says what would be sent.")
  boolean dryRun;

  @Option(names = "--again", description = "Also what was redriven before.")
  boolean again;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "One object a line for each letter.")
  boolean json;

  private final Output output;

  DlqRedriveCommand(Output output) {
    this.output = output;
  }

  /// What became of one letter.
  private record Outcome(String id, String outcome, Optional<ChunkOrigin> to, String detail) {

    static Outcome failed(String id, String detail) {
      return new Outcome(id, "failed", Optional.empty(), detail);
    }
  }

  @Override
  public Integer call() {
    check();
    DeadLetterTopic box = DeadLetterTopic.open(kafka);
    // Opened before the letters are read: nobody else redrives from here on.
    try (RetainedRecords records = new RetainedRecords(box.client());
        @Nullable Redriver redriver = dryRun ? null : open(box)) {
      Map<String, Letter> letters = box.letters();
      List<Outcome> outcomes = new ArrayList<>();
      for (String id : chosen(letters)) {
        Letter letter = letters.get(id);
        Outcome outcome =
            letter == null
                ? Outcome.failed(id, box.unknown(id))
                : redrive(letter, records, box, redriver);
        tell(outcome);
        outcomes.add(outcome);
      }
      long failed = outcomes.stream().filter(one -> one.outcome().equals("failed")).count();
      if (outcomes.isEmpty()) {
        output.say("no dead letters to redrive");
      }
      return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private void check() {
    ids.forEach(DeadLetterTopic::id);
    if (all == !ids.isEmpty()) {
      throw new ConfigurationException("redrive wants either ids or --all");
    }
    if (all && filter.reason.isEmpty()) {
      throw new ConfigurationException(
          "--all wants a --reason: what was refused for another is refused again");
    }
    if (!all
        && (filter.reason.isPresent() || filter.stream.isPresent() || filter.since.isPresent())) {
      throw new ConfigurationException(
          "--reason, --stream and --since go with --all, not with ids");
    }
  }

  private LinkedHashSet<String> chosen(Map<String, Letter> letters) {
    if (!all) {
      return new LinkedHashSet<>(ids);
    }
    LinkedHashSet<String> chosen = new LinkedHashSet<>();
    letters.values().stream()
        .filter(filter)
        .filter(letter -> again || letter.redriven().isEmpty())
        .forEach(letter -> chosen.add(letter.id()));
    return chosen;
  }

  private static Redriver open(DeadLetterTopic box) {
    return new Redriver(box.client(), box.topics(), SOURCE, Clock.systemUTC());
  }

  /// @param redriver none when nothing is to be sent
  private Outcome redrive(
      Letter letter, RetainedRecords records, DeadLetterTopic box, @Nullable Redriver redriver) {
    if (letter.redriven().isPresent() && !again) {
      return Outcome.failed(
          letter.id(),
          "was redriven at %s to %s; --again does it again"
              .formatted(letter.redriven().get().at(), letter.redriven().get().to()));
    }
    if (!Redriver.isInput(letter.origin().topic(), box.topics())) {
      return Outcome.failed(
          letter.id(), letter.origin().topic() + " is no topic that the service reads");
    }
    try {
      Optional<ConsumerRecord<byte[], byte[]>> record = records.find(letter.origin());
      if (record.isEmpty()) {
        return Outcome.failed(
            letter.id(),
            "the record is gone: topic %s no longer keeps it".formatted(letter.origin().topic()));
      }
      if (redriver == null) {
        return new Outcome(
            letter.id(), "would be redriven", Optional.empty(), letter.letter().stream());
      }
      ChunkOrigin to = redriver.redrive(letter, record.get());
      return new Outcome(letter.id(), "redriven", Optional.of(to), letter.letter().stream());
    } catch (IllegalStateException e) {
      return Outcome.failed(letter.id(), String.valueOf(e.getMessage()));
    }
  }

  private void tell(Outcome outcome) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("id", outcome.id());
      line.put("outcome", outcome.outcome());
      outcome.to().ifPresent(to -> line.put("to", to));
      line.put("detail", outcome.detail());
      output.json(line);
    } else if (outcome.outcome().equals("failed")) {
      output.say(outcome.id() + ": " + outcome.detail());
    } else {
      output.line(
          "%s  %s  %s%s"
              .formatted(
                  outcome.id(),
                  outcome.detail(),
                  outcome.outcome(),
                  outcome.to().map(to -> " to " + to).orElse("")));
    }
  }
}
