package io.chronoscope.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.claimcheck.MediaUploader;
import io.chronoscope.claimcheck.ReferenceSettings;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.DeadLetters;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.render.Terminal;
import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.RestoredSettings;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged service fetches chunks that are sent by reference. A chunk whose file appears late
/// becomes a dead letter and is placed at its own time when it is redriven.
class ByReferenceIT {

  private static final TopicNames TOPICS = TopicNames.DEFAULT;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final String STREAM = "portrait";

  private final List<Result> results = new ArrayList<>();

  @TempDir Path folder;

  @Test
  void readsFilesByReferenceAndOneThatAppearsLate() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    List<MediaSegment> segments =
        FileFeed.cut(
            PackagedProgram.HOME.resolve("video-samples/portrait.mp4"), Duration.ofSeconds(2));
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      Topics.ensure(kafka, TOPICS);
      Process service = startService(broker.bootstrapServers(), root);
      try (ChunkPublisher publisher =
              new ChunkPublisher(kafka, TOPICS.of(Topic.CHUNKS), URI.create("/test"));
          MediaUploader uploader = MediaUploader.open("file", settings(root));
          ResultReader reader =
              new ResultReader(
                  kafka,
                  List.of(
                      TOPICS.of(Topic.EVENTS),
                      TOPICS.of(Topic.SUMMARIES),
                      TOPICS.of(Topic.DEAD_LETTERS)),
                  ResultReader.From.BEGINNING)) {
        List<Media.Reference> references = new ArrayList<>();
        for (MediaSegment segment : segments) {
          references.add(
              uploader.put(
                  STREAM, segment.index(), segment.contentType(), FileFeed.bytesOf(segment)));
        }
        Path last = Path.of(references.getLast().uri());
        Path aside = folder.resolve("aside");
        Files.move(last, aside);
        for (int i = 0; i < segments.size(); i++) {
          at(
              publisher.publish(
                  STREAM,
                  i,
                  NOON.plus(segments.get(i).start()),
                  segments.get(i).duration(),
                  references.get(i)));
        }
        // A location outside the allowed roots: the stream continues.
        at(
            publisher.publish(
                STREAM,
                segments.size() + 1L,
                NOON.plusSeconds(60),
                Duration.ofSeconds(2),
                new Media.Reference(
                    aside.toUri(),
                    references.getLast().sizeBytes(),
                    references.getLast().sha256())));
        readUntil(reader, service, result -> isDeadLetter(result, Reason.REFERENCE_FORBIDDEN));
        assertThat(results).anyMatch(result -> isDeadLetter(result, Reason.REFERENCE_MISSING));

        Letter missing =
            DeadLetters.read(kafka, TOPICS.of(Topic.DEAD_LETTERS)).values().stream()
                .filter(one -> isDeadLetter(one.letter(), Reason.REFERENCE_MISSING))
                .findFirst()
                .orElseThrow();
        assertThat(missing.reference()).contains(references.getLast());
        Files.move(aside, last);
        assertThat(redrive(missing.id(), broker.bootstrapServers())).isEqualTo(ExitCode.OK);
        at(publisher.end(STREAM));

        readUntil(reader, service, ByReferenceIT::isOfWholeStream);
        assertThat(results).anyMatch(VideoEvent.class::isInstance);
        // Results on other topics may be read before or after it.
        assertThat(results)
            .filteredOn(ByReferenceIT::isOfWholeStream)
            .last()
            .extracting(whole -> ((Summary) whole).endOffsetMs(), LONG)
            .as("the last chunk was analyzed")
            .isGreaterThan(segments.getLast().start().toMillis());
      } finally {
        service.destroyForcibly().waitFor();
      }
    }
  }

  private static boolean isOfWholeStream(Result result) {
    return result instanceof Summary summary && summary.level() == Level.STREAM;
  }

  private static boolean isDeadLetter(Result result, Reason reason) {
    return result instanceof DeadLetter deadLetter && deadLetter.rejection().reason() == reason;
  }

  private static ChunkOrigin at(CompletionStage<ChunkOrigin> sent) {
    return sent.toCompletableFuture().join();
  }

  private static ReferenceSettings settings(Path root) {
    return new ReferenceSettings(
        List.of(root),
        ReferenceSettings.ObjectStore.NONE,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10));
  }

  private static int redrive(String id, String servers) {
    PrintStream sink = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    try (RestoredSettings settings = new RestoredSettings()) {
      return new CommandLineInterface(new Output(System.out, Terminal.NONE, sink, Terminal.NONE))
          .run("dlq", "redrive", id, "--bootstrap", servers);
    }
  }

  private void readUntil(ResultReader reader, Process service, Predicate<Result> enough) {
    Instant deadline = Instant.now().plus(TIMEOUT);
    boolean found = false;
    while (!found) {
      assertThat(Instant.now()).as("results so far: %s", results).isBefore(deadline);
      assertThat(service.isAlive()).as("the service runs; its log is in %s", folder).isTrue();
      for (Read read : reader.poll(Duration.ofMillis(200))) {
        assertThat(read).isInstanceOf(Read.Published.class);
        Result result = ((Read.Published) read).result();
        results.add(result);
        found |= enough.test(result);
      }
    }
  }

  private Process startService(String servers, Path root) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(
            PackagedProgram.command(List.of("-Xmx1g"), List.of("serve", "--port", "0")));
    command
        .environment()
        .putAll(
            Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                servers,
                "CHRONOSCOPE_REFERENCES_ROOTS",
                root.toString(),
                // Long enough for the redrive to arrive before the stream becomes idle.
                "CHRONOSCOPE_IDLE_TIMEOUT",
                "5m"));
    return command
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("service.log").toFile())
        .start();
  }
}
