package io.chronoscope.config;

import io.chronoscope.messaging.DeliveryGuarantee;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Every setting there is. Each can be given as a system property under the name it has here
/// (`chronoscope.sampling.max-fps`), as an environment variable (`CHRONOSCOPE_SAMPLING_MAX_FPS`),
/// or in `config/application.properties` in the working directory; the first of these that has it
/// wins.
@ConfigMapping(prefix = "chronoscope")
public interface ChronoscopeConfig {

  /// Where Chronoscope itself is; set by the launcher. Relative paths of defaults start here.
  Optional<String> home();

  /// Directory of the checkpoint: Qwen2.5-VL as published on Hugging Face, or the demo checkpoint.
  @WithDefault("models/demo")
  String model();

  /// Where the model computes: `cpu`, `cuda`, or `cuda:N` for one of several GPUs.
  @WithDefault("cpu")
  String device();

  /// Number format of the computation: `fp32` or `bf16`. When absent what the device does best:
  /// fp32 on the CPU, bf16 on CUDA.
  Optional<String> precision();

  /// Threads the model computes with; 0 takes all cores.
  @WithDefault("0")
  @WithConverter(Bounds.NotNegativeInt.class)
  int threads();

  /// The longest answer, in tokens.
  @WithDefault("1024")
  @WithConverter(Bounds.PositiveInt.class)
  int maxNewTokens();

  /// Whether the model writes a stream's summary from those of its windows; else they are joined.
  /// When absent what the checkpoint advises, else yes.
  Optional<Boolean> summarizeText();

  /// Whether the model judges if two descriptions that touch in time speak of the same event, where
  /// their words do not tell; else words decide alone. When absent what the checkpoint advises,
  /// else yes.
  Optional<Boolean> compareText();

  /// A silent stream rests after this time: its last window is analysed, its events closed, its
  /// summary written. It goes on when more comes.
  @WithDefault("30s")
  @WithConverter(Bounds.PositiveDuration.class)
  Duration idleTime();

  /// Whether traces are exported (OTLP over HTTP), set up by OpenTelemetry's own `OTEL_…`
  /// variables. When absent yes if `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
  Optional<Boolean> tracing();

  Sampling sampling();

  Window window();

  Batching batching();

  Disorder disorder();

  Decode decode();

  Load load();

  Queue queue();

  Sharing sharing();

  Questions questions();

  Rules rules();

  Topics topics();

  References references();

  Kafka kafka();

  Http http();

  Log log();

  interface Sampling {

    /// Frames a second taken from a picture in which nothing moves.
    @WithDefault("0.5")
    @WithConverter(Bounds.Fps.class)
    double minFps();

    /// Frames a second taken from an ordinary picture.
    @WithDefault("2")
    @WithConverter(Bounds.Fps.class)
    double targetFps();

    /// Frames a second taken when much happens.
    @WithDefault("4")
    @WithConverter(Bounds.Fps.class)
    double maxFps();

    /// Takes exactly this many frames a second, whatever happens in the picture.
    @WithConverter(Bounds.Fps.class)
    Optional<Double> fixedFps();

    /// Video tokens of one window at most; frames become fewer and smaller to stay within.
    @WithDefault("24576")
    @WithConverter(Bounds.PositiveInt.class)
    int windowTokens();

    /// Video tokens for one second of video at most.
    @WithDefault("2048")
    @WithConverter(Bounds.PositiveInt.class)
    int tokensPerSecond();

    /// Pixels of one frame at most; the checkpoint's own limit when absent.
    @WithConverter(Bounds.PositiveLong.class)
    Optional<Long> maxPixels();
  }

  interface Window {

    /// How much video the model sees at once; what the checkpoint advises when absent, else 60s.
    @WithConverter(Bounds.PositiveDuration.class)
    Optional<Duration> length();

    /// How far a window reaches back into the one before; what the checkpoint advises when absent,
    /// else 10s.
    Optional<Duration> overlap();

    /// A window that is not full yet is looked at whenever so much more of it has come, so that
    /// events are told sooner; `0s` waits for full windows. Half of what a window adds when absent.
    @WithConverter(Bounds.NotNegativeDuration.class)
    Optional<Duration> lookEvery();
  }

  interface Batching {

    /// Frame pairs encoded together at most.
    @WithDefault("32")
    @WithConverter(Bounds.PositiveInt.class)
    int maxPairs();

    /// Questions answered together at most.
    @WithDefault("8")
    @WithConverter(Bounds.PositiveInt.class)
    int maxPrompts();

    /// How long the first of a batch waits for others.
    @WithDefault("10ms")
    Duration maxDelay();
  }

  interface Disorder {

    /// How late a chunk may come, in the stream's own time: until then those after it wait for it.
    /// A later one goes to the dead letters.
    @WithDefault("10s")
    @WithConverter(Bounds.NotNegativeDuration.class)
    Duration grace();

    /// Bytes of a stream's chunks that wait for an earlier one at most.
    @WithDefault("64M")
    MemorySize maxHeldBytes();
  }

  interface Decode {

    /// Pixels of one decoded picture at most; chunks with larger ones are refused.
    @WithDefault("35389440")
    @WithConverter(Bounds.PositiveLong.class)
    long maxPixels();

    /// Length of one chunk at most.
    @WithDefault("10m")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration maxDuration();

    /// Frames of one chunk at most.
    @WithDefault("120000")
    @WithConverter(Bounds.PositiveLong.class)
    long maxFrames();
  }

  interface Load {

    /// How far a stream may fall behind before it is looked at less closely: fewer frames, then
    /// smaller ones, then fewer windows. When absent everything is looked at as asked, however
    /// late: what is found then depends on nothing but the video.
    @WithConverter(Bounds.PositiveDuration.class)
    Optional<Duration> targetLag();

    /// Which streams are looked at closely for longer, as `PATTERN=NUMBER` with commas between; the
    /// first that matches counts, others have 0.
    Optional<List<String>> priorities();
  }

  interface Queue {

    /// Bytes of chunks waiting over all streams at most; beyond it no more are read.
    @WithDefault("256M")
    MemorySize maxBytes();
  }

  interface Sharing {

    /// Encoded frames that are kept for whoever looks at them again: the next window, rules,
    /// questions.
    @WithDefault("256M")
    MemorySize maxBytes();
  }

  interface Questions {

    /// The longest stretch that a question may be about.
    @WithDefault("1h")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration maxRange();

    /// How many questions an instance answers at the same time.
    @WithDefault("1")
    @WithConverter(Bounds.PositiveInt.class)
    int atOnce();

    /// How sure the model must be that what is asked for happens, 0 to 1.
    @WithDefault("0.5")
    double threshold();

    /// As much is read for one question at most.
    @WithDefault("4G")
    MemorySize maxRead();
  }

  interface Rules {

    /// Rules judged in one window of a stream at most, the most important first; each costs a short
    /// question. Those beyond are not judged, which is counted and logged.
    @WithDefault("16")
    @WithConverter(Bounds.PositiveInt.class)
    int maxPerWindow();
  }

  interface Topics {

    /// Video in.
    @WithDefault("video.chunks")
    String chunks();

    /// Events out.
    @WithDefault("video.events")
    String events();

    /// Summaries out.
    @WithDefault("video.summaries")
    String summaries();

    /// Chunks that could not be read, with the reason.
    @WithDefault("video.chunks.dlq")
    String deadLetters();

    /// What streams need to go on; the service's own.
    @WithDefault("video.state")
    String state();

    /// Rules in.
    @WithDefault("video.rules")
    String rules();

    /// What rules found.
    @WithDefault("video.alerts")
    String alerts();

    /// Questions in.
    @WithDefault("video.questions")
    String questions();

    /// Answers to questions.
    @WithDefault("video.answers")
    String answers();

    /// Whether the service creates topics that are missing, as `kafka/topics` defines them.
    @WithDefault("true")
    boolean create();
  }

  interface References {

    /// Directories under which files may be fetched that chunks refer to (`file:`), separated by
    /// commas. None when absent.
    Optional<List<String>> roots();

    /// Buckets from which objects may be fetched that chunks refer to (`s3:`), separated by commas.
    /// None when absent.
    Optional<List<String>> buckets();

    /// Where the object store answers, such as `https://minio:9000`; Amazon S3 when absent.
    Optional<URI> endpoint();

    /// Region of the object store; when absent what the environment or the profile says.
    Optional<String> region();

    /// Whether the bucket is part of the path instead of the host name. When absent only with an
    /// endpoint.
    Optional<Boolean> pathStyle();

    /// How long one attempt to fetch may take.
    @WithDefault("60s")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration timeout();

    /// How long a store that cannot be reached is tried again, before the chunk becomes a dead
    /// letter.
    @WithDefault("2m")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration patience();
  }

  interface Kafka {

    /// Where the brokers are; `KAFKA_BOOTSTRAP_SERVERS` sets it as well.
    @WithDefault("${kafka.bootstrap.servers:localhost:9092}")
    String bootstrapServers();

    /// Port of the embedded broker (`serve --embedded`).
    @WithDefault("9092")
    @WithConverter(Bounds.Port.class)
    int embeddedPort();

    /// Where the embedded broker keeps its records.
    @WithDefault("data/kafka")
    String embeddedData();

    /// Consumer group of the instances that share the work.
    @WithDefault("chronoscope")
    String group();

    /// `exactly-once`: results, state and offsets in one transaction, so that readers with
    /// `read_committed` see each result once. `at-least-once`: without transactions; after a crash
    /// a result may come again, under the same id.
    @WithDefault("exactly-once")
    DeliveryGuarantee delivery();

    /// The largest chunk that is taken. Brokers and topics must allow it (`message.max.bytes`).
    @WithDefault("64M")
    MemorySize maxChunkBytes();
  }

  interface Http {

    /// Port for health and metrics.
    @WithDefault("8080")
    @WithConverter(Bounds.Port.class)
    int port();
  }

  interface Log {

    /// One JSON object a line instead of text.
    @WithDefault("false")
    boolean json();

    /// The least level that is logged.
    @WithDefault("INFO")
    String level();
  }
}
