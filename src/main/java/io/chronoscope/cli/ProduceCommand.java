package io.chronoscope.cli;

import io.chronoscope.claimcheck.MediaUploader;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.Topics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.render.ClockTime;
import io.chronoscope.service.ExitCode;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.tracing.Tracing;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Files to chunks on the topic.
@Command(
    name = "produce",
    description = "Cuts video files into chunks and sends them as streams.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class ProduceCommand implements Callable<Integer> {

  static final URI SOURCE = URI.create("/chronoscope/produce");

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Videos; with --stream the parts of one stream, in order.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--stream",
      paramLabel = "ID",
      description = "The stream's id. Else every file is a stream of its own, named after it.")
  Optional<String> stream = Optional.empty();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "4",
      description = "Length of a chunk; cut at the next key frame (default: ${DEFAULT-VALUE}).")
  double chunkSeconds = 4;

  @Option(
      names = "--start-time",
      paramLabel = "T",
      description = "When the video starts, such as 2026-05-04T12:00:00Z (default: now).")
  Optional<Instant> startTime = Optional.empty();

  @Option(names = "--realtime", description = "Sends each chunk when it would be complete.")
  boolean realtime;

  @Option(
      names = "--no-end",
      description = "Does not say that the stream has ended; after its idle time it rests.")
  boolean noEnd;

  @Option(
      names = "--by-reference",
      paramLabel = "PLACE",
      description = {
        "Puts the chunks there and sends only references to them: file (the first of",
        "chronoscope.references.roots) or s3://bucket/prefix."
      })
  Optional<String> byReference = Optional.empty();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "One object a line for each chunk sent.")
  boolean json;

  private final Output output;

  ProduceCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    Duration length = seconds("--chunk-seconds", chunkSeconds);
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Optional<MediaUploader> depot = byReference.map(place -> depot(place, settings));
    Map<String, Object> client = KafkaClientConfig.ofCommand(settings);
    KafkaOptions.requireBroker(settings);
    TopicNames topics = LayerSettings.topicNames(settings);
    if (settings.topics().create()) {
      Topics.ensure(client, topics);
    }
    Instant start = startTime.orElseGet(Instant::now);
    try (Tracing tracing = open(settings);
        ChunkPublisher publisher =
            new ChunkPublisher(client, topics.of(Topic.CHUNKS), SOURCE, new SendTraces(tracing))) {
      if (stream.isPresent()) {
        send(publisher, depot, stream.get(), files, length, start);
      } else {
        for (Path file : files) {
          send(publisher, depot, FileFeed.streamOf(file), List.of(file), length, start);
        }
      }
    } finally {
      depot.ifPresent(MediaUploader::close);
    }
    return ExitCode.OK;
  }

  private static Tracing open(ChronoscopeConfig settings) {
    try {
      return Tracing.open(settings.tracing(), System::getenv);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  private static MediaUploader depot(String place, ChronoscopeConfig settings) {
    try {
      return MediaUploader.open(place, ConfigLoader.references(settings));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--by-reference: " + e.getMessage(), e);
    }
  }

  private void send(
      ChunkPublisher publisher,
      Optional<MediaUploader> depot,
      String id,
      List<Path> parts,
      Duration length,
      Instant start) {
    Sending sending = new Sending(publisher, depot, id, start);
    for (Path part : parts) {
      sending.part(part, length);
    }
    if (!noEnd) {
      taken(id, publisher.end(id));
    }
    if (!json) {
      output.say(
          "%s: %d chunks, %.1f MB, %s%s"
              .formatted(
                  id,
                  sending.sequence,
                  sending.bytes / 1e6,
                  ClockTime.coarse(Duration.between(start, sending.end).toMillis()),
                  noEnd ? "" : ", ended"));
    }
  }

  /// One stream on its way.
  private final class Sending {

    private final ChunkPublisher publisher;
    private final Optional<MediaUploader> depot;
    private final String id;
    private final Instant start;
    private final Instant began = Instant.now();
    private long sequence;
    private long bytes;
    private Instant end;

    Sending(ChunkPublisher publisher, Optional<MediaUploader> depot, String id, Instant start) {
      this.publisher = publisher;
      this.depot = depot;
      this.id = id;
      this.start = start;
      this.end = start;
    }

    /// Sends a file; it starts where the one before it ended.
    void part(Path file, Duration length) {
      Instant partStart = end;
      FileFeed.cut(file, length, segment -> send(partStart, segment));
    }

    private void send(Instant partStart, MediaSegment segment) {
      Instant chunkStart = partStart.plus(segment.start());
      end = chunkStart.plus(segment.duration());
      if (realtime) {
        sleep(Duration.between(Instant.now(), began.plus(Duration.between(start, end))));
      }
      byte[] media = FileFeed.bytesOf(segment);
      Optional<Media.Reference> reference = depot.map(place -> put(place, segment, media));
      ChunkOrigin at =
          taken(
              id,
              reference.isPresent()
                  ? publisher.publish(id, sequence, chunkStart, segment.duration(), reference.get())
                  : publisher.publish(
                      id, sequence, chunkStart, segment.duration(), segment.contentType(), media));
      if (json) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("stream", id);
        line.put("sequence", sequence);
        line.put("start", chunkStart);
        line.put("durationMs", segment.duration().toMillis());
        line.put("bytes", media.length);
        line.put("contentType", segment.contentType());
        reference.ifPresent(there -> line.put("uri", there.uri()));
        line.put("at", at);
        output.json(line);
      }
      bytes += media.length;
      sequence++;
    }

    private Media.Reference put(MediaUploader place, MediaSegment segment, byte[] media) {
      try {
        return place.put(id, sequence, segment.contentType(), media);
      } catch (IOException e) {
        throw new IllegalStateException(
            "chunk %d of %s could not be put there: %s".formatted(sequence, id, e.getMessage()), e);
      }
    }
  }

  private static ChunkOrigin taken(String id, CompletionStage<ChunkOrigin> sending) {
    try {
      return sending.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IllegalStateException(
          "a chunk of " + id + " was not taken: " + String.valueOf(e.getCause()), e);
    }
  }

  private static void sleep(Duration due) {
    try {
      if (due.isPositive()) {
        Thread.sleep(due);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending", e);
    }
  }

  static Duration seconds(String option, double seconds) {
    if (!(seconds > 0 && seconds < 86_400)) {
      throw new ConfigurationException(option + " is " + seconds + ", not above zero");
    }
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
