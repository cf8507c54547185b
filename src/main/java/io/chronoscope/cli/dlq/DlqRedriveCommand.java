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

/// Sends rejected records to their topics again.
@Command(
    name = "redrive",
    description = {
      "Sends rejected records to their topics again.",
      "However late a chunk arrives, it is placed at its own time in the stream. Records that were"
          + " redriven before are skipped unless --again is given."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DlqRedriveCommand implements Callable<Integer> {

  private static final URI SOURCE = URI.create("/chronoscope/dlq");

  @Parameters(
      arity = "0..*",
      paramLabel = "ID",
      description = "Dead letters as topic/partition/offset; dlq list shows them.")
  List<String> ids = new ArrayList<>();

  @Option(
      names = "--all",
      description = "Redrives every record that matches the filters; requires --reason.")
  boolean all;

  @Mixin DeadLetterFilter filter = new DeadLetterFilter();

  @Option(names = "--dry-run", description = "Prints what would be sent and sends nothing.")
  boolean dryRun;

  @Option(names = "--again", description = "Includes records that were redriven before.")
  boolean again;

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints one JSON object for each dead letter.")
  boolean json;

  private final Output output;

  DlqRedriveCommand(Output output) {
    this.output = output;
  }

  /// The result for one dead letter.
  ///
  /// @param to where the record was written again
  /// @param detail the reason of a failure, else the stream
  private record Outcome(String id, Kind kind, Optional<ChunkOrigin> to, String detail) {

    enum Kind {
      REDRIVEN("redriven"),
      DRY_RUN("would be redriven"),
      FAILED("failed");

      private final String text;

      Kind(String text) {
        this.text = text;
      }
    }

    static Outcome failed(String id, String detail) {
      return new Outcome(id, Kind.FAILED, Optional.empty(), detail);
    }
  }

  @Override
  public Integer call() {
    checkOptions();
    DeadLetterTopic topic = DeadLetterTopic.open(kafka);
    // The redriver is opened before the dead letters are read: it fences any other redrive.
    try (RetainedRecords records = new RetainedRecords(topic.client());
        @Nullable Redriver redriver = dryRun ? null : openRedriver(topic)) {
      Map<String, Letter> deadLetters = topic.deadLetters();
      List<Outcome> outcomes = new ArrayList<>();
      for (String id : selectedIds(deadLetters)) {
        Letter deadLetter = deadLetters.get(id);
        Outcome outcome =
            deadLetter == null
                ? Outcome.failed(id, topic.notFound(id))
                : redrive(deadLetter, records, topic, redriver);
        print(outcome);
        outcomes.add(outcome);
      }
      if (outcomes.isEmpty()) {
        output.report("no dead letters to redrive");
      }
      return outcomes.stream().anyMatch(one -> one.kind() == Outcome.Kind.FAILED)
          ? ExitCode.FAILED
          : ExitCode.OK;
    }
  }

  private void checkOptions() {
    ids.forEach(DeadLetterTopic::checkId);
    if (all == !ids.isEmpty()) {
      throw new ConfigurationException("redrive needs either ids or --all");
    }
    if (all && filter.reason.isEmpty()) {
      throw new ConfigurationException(
          "--all needs a --reason: records rejected for another reason would be rejected again");
    }
    if (!all && !filter.isEmpty()) {
      throw new ConfigurationException(
          "--reason, --stream and --since can be combined with --all, not with ids");
    }
  }

  private LinkedHashSet<String> selectedIds(Map<String, Letter> deadLetters) {
    if (!all) {
      return new LinkedHashSet<>(ids);
    }
    LinkedHashSet<String> selected = new LinkedHashSet<>();
    deadLetters.values().stream()
        .filter(filter)
        .filter(one -> again || one.redriven().isEmpty())
        .forEach(one -> selected.add(one.id()));
    return selected;
  }

  private static Redriver openRedriver(DeadLetterTopic topic) {
    return new Redriver(topic.client(), topic.topics(), SOURCE, Clock.systemUTC());
  }

  /// @param redriver null in a dry run
  private Outcome redrive(
      Letter deadLetter,
      RetainedRecords records,
      DeadLetterTopic topic,
      @Nullable Redriver redriver) {
    String id = deadLetter.id();
    ChunkOrigin origin = deadLetter.origin();
    if (deadLetter.redriven().isPresent() && !again) {
      return Outcome.failed(
          id,
          "was redriven at %s to %s; use --again to send it again"
              .formatted(deadLetter.redriven().get().at(), deadLetter.redriven().get().to()));
    }
    if (!Redriver.isInput(origin.topic(), topic.topics())) {
      return Outcome.failed(id, "the service does not read topic " + origin.topic());
    }
    try {
      Optional<ConsumerRecord<byte[], byte[]>> record = records.find(origin);
      if (record.isEmpty()) {
        return Outcome.failed(
            id, "the record is gone: topic %s no longer retains it".formatted(origin.topic()));
      }
      String stream = deadLetter.letter().stream();
      if (redriver == null) {
        return new Outcome(id, Outcome.Kind.DRY_RUN, Optional.empty(), stream);
      }
      ChunkOrigin to = redriver.redrive(deadLetter, record.get());
      return new Outcome(id, Outcome.Kind.REDRIVEN, Optional.of(to), stream);
    } catch (IllegalStateException e) {
      return Outcome.failed(id, String.valueOf(e.getMessage()));
    }
  }

  private void print(Outcome outcome) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("id", outcome.id());
      line.put("outcome", outcome.kind().text);
      outcome.to().ifPresent(to -> line.put("to", to));
      line.put("detail", outcome.detail());
      output.printJson(line);
      return;
    }
    switch (outcome.kind()) {
      case FAILED -> output.report(outcome.id() + ": " + outcome.detail());
      case REDRIVEN, DRY_RUN ->
          output.print(
              "%s  %s  %s%s"
                  .formatted(
                      outcome.id(),
                      outcome.detail(),
                      outcome.kind().text,
                      outcome.to().map(to -> " to " + to).orElse("")));
    }
  }
}
