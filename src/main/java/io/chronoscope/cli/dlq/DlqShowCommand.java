package io.chronoscope.cli.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.claimcheck.ReferenceStore;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.RetainedRecords;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.JsonFields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// One dead letter with everything that is known of its record.
@Command(
    name = "show",
    description = "Shows everything that is known of one dead letter and its record.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class DlqShowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "topic/partition/offset, as dlq list shows it.")
  String id = "";

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Writes the payload there; of a reference the media that it names.")
  Optional<Path> save = Optional.empty();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "One object.")
  boolean json;

  private final Output output;

  DlqShowCommand(Output output) {
    this.output = output;
  }

  /// Bytes, or why there are none.
  private record Payload(Optional<ByteBuffer> bytes, String problem) {}

  @Override
  public Integer call() {
    DeadLetterTopic.id(id);
    DeadLetterTopic box = DeadLetterTopic.open(kafka);
    Letter letter =
        Optional.ofNullable(box.letters().get(id))
            .orElseThrow(() -> new IllegalStateException(box.unknown(id)));
    Optional<ConsumerRecord<byte[], byte[]>> record;
    try (RetainedRecords records = new RetainedRecords(box.client())) {
      record = records.find(letter.origin());
    }
    Optional<Payload> object = letter.reference().map(reference -> fetch(reference, box));
    ObjectNode all = describe(letter, record, object);
    if (json) {
      output.json(all);
    } else {
      lines(all).forEach((name, value) -> output.line("%-16s %s".formatted(name, value)));
    }
    return save.map(file -> saved(file, record, object)).orElse(ExitCode.OK);
  }

  private static Payload fetch(Media.Reference reference, DeadLetterTopic box) {
    try (ReferenceStore store =
        new ReferenceStore(
            // Somebody is waiting for it.
            ConfigLoader.references(box.settings()).withPatience(Duration.ZERO),
            AnalysisListener.SILENT)) {
      return new Payload(Optional.of(store.fetch(reference)), "");
    } catch (UnreadableMediaException e) {
      return new Payload(Optional.empty(), e.rejection().detail());
    }
  }

  private static ObjectNode describe(
      Letter letter, Optional<ConsumerRecord<byte[], byte[]>> record, Optional<Payload> object) {
    ObjectNode all = DlqListCommand.json(letter, record.isPresent());
    record.ifPresent(found -> {
      ObjectNode known = all.putObject("record");
      known.put("time", JsonFields.time(Instant.ofEpochMilli(Math.max(0, found.timestamp()))));
      if (found.key() != null) {
        known.put("key", new String(found.key(), UTF_8));
      }
      ObjectNode headers = known.putObject("headers");
      for (Header header : found.headers()) {
        headers.put(
            header.key(), header.value() == null ? null : new String(header.value(), UTF_8));
      }
      byte[] value = found.value() == null ? new byte[0] : found.value();
      known.put("sizeBytes", value.length);
      known.put("sha256", sha256(value));
    });
    object.ifPresent(there ->
        all.put("object", there.bytes().isPresent() ? "there, as stated" : there.problem()));
    return all;
  }

  /// The object's fields, those of objects in it under their path.
  private static Map<String, String> lines(ObjectNode all) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines(all, "", lines);
    return lines;
  }

  private static void lines(ObjectNode node, String path, Map<String, String> into) {
    node.properties()
        .forEach(field -> {
          if (field.getValue() instanceof ObjectNode inner) {
            lines(inner, path + field.getKey() + ".", into);
          } else {
            into.put(path + field.getKey(), field.getValue().asText());
          }
        });
  }

  private int saved(
      Path file, Optional<ConsumerRecord<byte[], byte[]>> record, Optional<Payload> object) {
    byte[] bytes;
    if (object.isPresent()) {
      if (object.get().bytes().isEmpty()) {
        output.say("not saved: " + object.get().problem());
        return ExitCode.FAILED;
      }
      ByteBuffer there = object.get().bytes().get();
      bytes = new byte[there.remaining()];
      there.duplicate().get(bytes);
    } else if (record.isPresent()) {
      byte[] value = record.get().value();
      bytes = value == null ? new byte[0] : value;
    } else {
      output.say("not saved: the record is gone; its topic no longer keeps it");
      return ExitCode.FAILED;
    }
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new EnvironmentException("cannot write " + file + ": " + e, e);
    }
    output.say("%d bytes to %s".formatted(bytes.length, file));
    return ExitCode.OK;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
