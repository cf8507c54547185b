package io.chronoscope.cli.dlq;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.claimcheck.ReferenceStore;
import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.RetainedRecords;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows one dead letter with everything that is known of its record.
@Command(
    name = "show",
    description = "Shows everything that is known about one dead letter and its record.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DlqShowCommand implements Callable<Integer> {

  /// Part of the `--json` output: scripts may compare it.
  private static final String VERIFIED = "there, as stated";

  @Parameters(
      paramLabel = "ID",
      description = "The dead letter as topic/partition/offset; dlq list shows it.")
  String id = "";

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description =
          "Writes the record's payload to this file; for a reference, the media it refers to.")
  Optional<Path> save = Optional.empty();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  private final Output output;

  DlqShowCommand(Output output) {
    this.output = output;
  }

  /// The media that a claim check refers to.
  private sealed interface Referenced {
    record Fetched(ByteBuffer bytes) implements Referenced {}

    record Unavailable(String problem) implements Referenced {}
  }

  @Override
  public Integer call() {
    DeadLetterTopic.checkId(id);
    DeadLetterTopic topic = DeadLetterTopic.open(kafka);
    Letter deadLetter =
        Optional.ofNullable(topic.deadLetters().get(id))
            .orElseThrow(() -> new IllegalStateException(topic.notFound(id)));
    Optional<ConsumerRecord<byte[], byte[]>> record;
    try (RetainedRecords records = new RetainedRecords(topic.client())) {
      record = records.find(deadLetter.origin());
    }
    Optional<Referenced> referenced =
        deadLetter.reference().map(reference -> fetch(reference, topic));
    ObjectNode details = deadLetter.describe(record.isPresent());
    record.ifPresent(found -> details.set("record", DeadLetterJson.of(found)));
    referenced.ifPresent(media ->
        details.put(
            "object",
            switch (media) {
              case Referenced.Fetched fetched -> VERIFIED;
              case Referenced.Unavailable unavailable -> unavailable.problem();
            }));
    if (json) {
      output.printJson(details);
    } else {
      DeadLetterJson.flatten(details)
          .forEach((name, value) -> output.print("%-16s %s".formatted(name, value)));
    }
    return save.map(file -> save(file, record, referenced)).orElse(ExitCode.OK);
  }

  private static Referenced fetch(Media.Reference reference, DeadLetterTopic topic) {
    try (ReferenceStore store =
        new ReferenceStore(
            // Without retries: a person is waiting.
            LayerSettings.references(topic.settings()).withRetryTimeout(Duration.ZERO),
            AnalysisListener.SILENT)) {
      return new Referenced.Fetched(store.fetch(reference));
    } catch (UnreadableMediaException e) {
      return new Referenced.Unavailable(e.rejection().detail());
    }
  }

  private int save(
      Path file, Optional<ConsumerRecord<byte[], byte[]>> record, Optional<Referenced> referenced) {
    byte[] bytes;
    if (referenced.isPresent()) {
      switch (referenced.get()) {
        case Referenced.Unavailable(String problem) -> {
          output.report("nothing saved: " + problem);
          return ExitCode.FAILED;
        }
        case Referenced.Fetched(ByteBuffer media) -> {
          bytes = new byte[media.remaining()];
          media.duplicate().get(bytes);
        }
      }
    } else if (record.isPresent()) {
      bytes = DeadLetterJson.valueOf(record.get());
    } else {
      output.report("nothing saved: the record is gone; its topic no longer retains it");
      return ExitCode.FAILED;
    }
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new EnvironmentException(
          "cannot write %s: %s".formatted(file, FailureMessages.reason(e)), e);
    }
    output.report("saved %d bytes to %s".formatted(bytes.length, file));
    return ExitCode.OK;
  }
}
