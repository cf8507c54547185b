package io.chronoscope.cli;

import io.chronoscope.claimcheck.MediaUploader;
import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.cli.console.InputRateOption;
import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.PointInTime;
import io.chronoscope.cli.console.SecondsConverter;
import io.chronoscope.cli.console.Version;
import io.chronoscope.cli.run.ChunkLimits;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.Pace;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.KafkaChunkSink;
import io.chronoscope.client.Topics;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.config.LiveSourceSettings;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.live.LiveSources;
import io.chronoscope.live.SourceAddress;
import io.chronoscope.service.ExitCode;
import io.chronoscope.tracing.SendTraces;
import io.chronoscope.tracing.Tracing;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Sends video files as streams of chunks.
@Command(
    name = "produce",
    description = "Cuts video files and live sources into chunks and sends them as streams.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class ProduceCommand implements Callable<Integer> {

  /// An address with a slash too few.
  private static final Pattern ONE_SLASH = Pattern.compile("(?i)[a-z][a-z0-9+.-]+:/?[^/].*");

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|ADDRESS",
      description = {
        "Video files. With --stream they are consecutive parts of one stream.",
        "Or live sources: rtsp://…, http(s)://….m3u8,",
        "udp://HOST:PORT, - for the standard input."
      })
  List<String> inputs = new ArrayList<>();

  @Option(
      names = "--stream",
      paramLabel = "ID",
      description = "Id of the stream. Default: each file is a stream named after the file.")
  Optional<String> stream = Optional.empty();

  @Option(
      names = "--chunk-seconds",
      paramLabel = "S",
      defaultValue = "4",
      converter = SecondsConverter.class,
      description =
          "Minimum length of a chunk, which ends before the next key frame (default:"
              + " ${DEFAULT-VALUE}).")
  Duration chunkLength = Duration.ofSeconds(4);

  @Option(
      names = "--start-time",
      paramLabel = "T",
      converter = PointInTime.class,
      description = "Start of the stream, such as 2026-05-04T12:00:00Z (default: now).")
  Optional<Instant> startTime = Optional.empty();

  @Option(
      names = "--realtime",
      description = "Sends each chunk at the time at which a camera would have completed it.")
  boolean realtime;

  @Option(
      names = "--no-end",
      description = "Leaves the stream open: it becomes idle when nothing more arrives.")
  boolean noEnd;

  @Option(
      names = "--watch",
      description = "Takes directories, and sends each file that is completed in them.")
  boolean watch;

  @Option(
      names = "--encode",
      description =
          "Encodes the video of live sources again, for those without usable key frames or with a"
              + " codec that chunks may not have.")
  boolean encode;

  @Option(
      names = "--by-reference",
      paramLabel = "PLACE",
      description = {
        "Stores the chunks and sends only references to them. Either s3://bucket/prefix or"
            + " \"file\": the first directory of the setting",
        "chronoscope.references.roots."
      })
  Optional<String> byReference = Optional.empty();

  @Mixin InputRateOption inputRate = new InputRateOption();

  @Mixin KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--json", description = "Prints one JSON object for each chunk sent.")
  boolean json;

  private final Output output;

  ProduceCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    stream.ifPresent(ProduceCommand::requireStream);
    if (watch || inputs.stream().anyMatch(SourceAddress::isLive)) {
      return produceLive();
    }
    List<Path> files = inputs.stream().map(ProduceCommand::file).toList();
    OptionalDouble inputFps = inputRate.rate();
    if (inputFps.isPresent()) {
      files.forEach(FileFeed::requireElementaryStream);
    }
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    Optional<MediaUploader> uploader = byReference.map(place -> openUploader(place, settings));
    KafkaConnection connection = connect(settings);
    Instant start = startTime.orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.MILLIS));
    try (Tracing tracing = openTracing(settings);
        MediaFiles open = ConfiguredDecoding.files(settings, DecodeListener.SILENT);
        ChunkPublisher publisher =
            new ChunkPublisher(
                connection.client(),
                connection.topics().of(Topic.CHUNKS),
                LayerSettings.source(settings, "produce"),
                new SendTraces(tracing))) {
      FileStream.Destination destination =
          new FileStream.Destination(
              new SegmentSender(publisher), uploader, ChunkLimits.ofTopics(settings), open);
      FileProduction production =
          new FileProduction(
              output,
              json ? LiveProduction.Form.JSON : LiveProduction.Form.TEXT,
              new FileProduction.Plan(
                  chunkLength,
                  inputFps,
                  realtime ? Pace.REAL_TIME : Pace.IMMEDIATE,
                  noEnd ? FileProduction.Ending.LEFT_OPEN : FileProduction.Ending.MARKED),
              destination);
      if (stream.isPresent()) {
        production.send(stream.get(), files, start);
      } else {
        for (Path file : files) {
          production.send(FileFeed.streamOf(file), List.of(file), start);
        }
      }
    } finally {
      uploader.ifPresent(MediaUploader::close);
    }
    return ExitCode.OK;
  }

  private static void requireStream(String id) {
    try {
      ChunkEnvelope.requireStream(id);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--stream: " + e.getMessage(), e);
    }
  }

  private static Path file(String text) {
    Path file = Path.of(text);
    if (Files.isDirectory(file)) {
      throw new ConfigurationException(
          "%s is a folder; name files in it, or add --watch to send each file that is completed in it"
              .formatted(text));
    }
    if (!Files.exists(file) && ONE_SLASH.matcher(text).matches()) {
      throw new ConfigurationException(
          "'%s…' is neither a file nor an address; an address has two slashes, such as rtsp://camera-1/main"
              .formatted(text.substring(0, text.indexOf(':') + 1)));
    }
    InputFiles.requireFile(file);
    return file;
  }

  private int produceLive() {
    if (startTime.isPresent()
        || realtime
        || noEnd
        || byReference.isPresent()
        || inputRate.rate().isPresent()) {
      throw new ConfigurationException(
          "--start-time, --realtime, --no-end, --by-reference and --input-fps apply to files, not"
              + " to live sources");
    }
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    LiveInputs live =
        new LiveInputs(
            inputs,
            watch ? LiveInputs.Kind.DIRECTORIES : LiveInputs.Kind.ADDRESSES,
            stream,
            chunkLength,
            encode ? Treatment.ENCODE : Treatment.COPY);
    List<LiveSources.Plan> plans = live.plans(settings);
    KafkaConnection connection = connect(settings);
    LiveProduction report =
        new LiveProduction(
            output,
            InstantSource.system(),
            json ? LiveProduction.Form.JSON : LiveProduction.Form.TEXT);
    try (Tracing tracing = openTracing(settings);
        ChunkPublisher publisher =
            new ChunkPublisher(
                KafkaChunkSink.properties(connection.client()),
                connection.topics().of(Topic.CHUNKS),
                LayerSettings.source(settings, "live"),
                new SendTraces(tracing));
        LiveSources.Media media = ConfiguredDecoding.live(settings, DecodeListener.SILENT)) {
      return report.run(
          plans,
          LiveSourceSettings.shared(settings),
          new KafkaChunkSink(publisher),
          System.in,
          media);
    }
  }

  /// Checks that the brokers respond and have the topics, unless these are made by someone else.
  private static KafkaConnection connect(ChronoscopeConfig settings) {
    KafkaConnection connection = KafkaConnection.open(settings);
    if (settings.topics().create()) {
      Topics.ensure(connection.client(), connection.topics());
    }
    return connection;
  }

  private static Tracing openTracing(ChronoscopeConfig settings) {
    try {
      return Tracing.open(settings.tracing(), System::getenv);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  private static MediaUploader openUploader(String place, ChronoscopeConfig settings) {
    try {
      return MediaUploader.open(place, LayerSettings.references(settings));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--by-reference: " + e.getMessage(), e);
    }
  }
}
