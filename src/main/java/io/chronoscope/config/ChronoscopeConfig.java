package io.chronoscope.config;

import io.chronoscope.decode.HardwareDecoding;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.worker.Isolation;
import io.chronoscope.live.TimeSource;
import io.chronoscope.messaging.DeliveryGuarantee;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All settings of Chronoscope, with their defaults. Long because it is the only place that
/// declares settings, so that the list is complete.
///
/// Each can be set as a system property under its name here (`chronoscope.sampling.max-fps`), as an
/// environment variable (`CHRONOSCOPE_SAMPLING_MAX_FPS`), or in `config/application.properties` in
/// the working directory; the first of these that sets it wins. Former names are in
/// [RenamedSettings].
@ConfigMapping(prefix = "chronoscope")
public interface ChronoscopeConfig {

  /// Installation directory of Chronoscope, set by the launcher. Default paths are relative to it.
  Optional<String> home();

  /// Directory of the checkpoint: Qwen2.5-VL as published on Hugging Face, or the demo checkpoint.
  @WithDefault("models/demo")
  String model();

  /// Device that runs the model: `cpu`, `cuda`, or `cuda:N` for one of several GPUs.
  @WithDefault("cpu")
  String device();

  /// Whether a GPU runs decode steps as CUDA graphs, so that the host need not launch operators one
  /// by one: nearly twice as many tokens per second in BF16.
  @WithDefault("true")
  @WithConverter(Bounds.Flag.class)
  boolean cudaGraphs();

  /// Number format of the computation: `fp32`, `bf16` (CUDA), `int8` or `int4` (CPU), or `auto`. If
  /// not set or `auto`, bf16 on CUDA; on the CPU fp32, int8 above 268 million parameters, or int4
  /// for a checkpoint that is published in four bits.
  Optional<String> precision();

  /// Directory for files that are made once and then reused, such as the INT8 weights of a
  /// checkpoint (about one byte per parameter). If not set, `chronoscope` in the user's cache
  /// directory (`XDG_CACHE_HOME`, else `~/.cache`).
  Optional<String> cacheDir();

  /// Threads that run the model; 0 uses all cores.
  @WithDefault("0")
  @WithConverter(Bounds.NotNegativeInt.class)
  int threads();

  /// Maximum length of a generated answer, in tokens.
  @WithDefault("1024")
  @WithConverter(Bounds.PositiveInt.class)
  int maxNewTokens();

  /// Whether the model writes a stream's summary from the summaries of its windows; otherwise they
  /// are concatenated. If not set, what the checkpoint recommends, else yes.
  @WithConverter(Bounds.Flag.class)
  Optional<Boolean> summarizeText();

  /// Whether the model decides if two adjacent descriptions mean the same event when their wording
  /// is inconclusive; otherwise the wording alone decides. If not set, what the checkpoint
  /// recommends, else yes.
  @WithConverter(Bounds.Flag.class)
  Optional<Boolean> compareText();

  /// A stream that receives nothing for this long becomes idle: its last window is analyzed, its
  /// events are closed, its summary is published. It resumes with the next chunk.
  @WithDefault("30s")
  @WithConverter(Bounds.PositiveDuration.class)
  Duration idleTimeout();

  /// Whether traces are exported (OTLP over HTTP), configured by OpenTelemetry's own `OTEL_…`
  /// variables. If not set, yes if `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
  @WithConverter(Bounds.Flag.class)
  Optional<Boolean> tracing();

  Sampling sampling();

  Window window();

  Batching batching();

  Ordering ordering();

  Decode decode();

  Shedding shedding();

  Queue queue();

  Cache cache();

  Events events();

  Questions questions();

  Rules rules();

  Topics topics();

  References references();

  Search search();

  /// Live sources that the service reads: addresses by the ids of their streams, such as
  /// `chronoscope.sources.gate=rtsp://camera-1/main`. Instances of a group share them: each source
  /// is read by one.
  Map<String, String> sources();

  Live live();

  Kafka kafka();

  /// Who may use the HTTP interface: `token`, `oidc` or `none`. Must be set when
  /// `chronoscope.http.host` is no loopback address; if not set, everyone on this machine may do
  /// everything.
  Optional<Authentication> auth();

  Access access();

  Http http();

  Management management();

  Play play();

  Log log();

  interface Sampling {

    /// Frames per second sampled while nothing moves in the picture.
    @WithDefault("0.5")
    @WithConverter(Bounds.Fps.class)
    double minFps();

    /// Frames per second sampled at ordinary activity.
    @WithDefault("2")
    @WithConverter(Bounds.Fps.class)
    double targetFps();

    /// Frames per second sampled at high activity.
    @WithDefault("4")
    @WithConverter(Bounds.Fps.class)
    double maxFps();

    /// Samples exactly this many frames per second, regardless of activity.
    @WithConverter(Bounds.Fps.class)
    Optional<Double> fixedFps();

    /// Maximum video tokens of one window; frames become fewer and smaller to stay within it.
    @WithDefault("24576")
    @WithConverter(Bounds.PositiveInt.class)
    int windowTokens();

    /// Maximum video tokens for one second of video.
    @WithDefault("2048")
    @WithConverter(Bounds.PositiveInt.class)
    int tokensPerSecond();

    /// Maximum pixels of one frame. If not set, the checkpoint's own limit.
    @WithConverter(Bounds.PositiveLong.class)
    Optional<Long> maxPixels();

    /// A frame pair in which no color value (0 to 255) differs from the last encoded pair by more
    /// than this is not encoded but takes the embeddings of that pair; 0 compares exactly, which
    /// changes no answer.
    @WithDefault("0")
    @WithConverter(Bounds.ColorDifference.class)
    int maxDifference();

    /// A video token is left out of the prompt if the cosine similarity of its embedding to that of
    /// the last token kept at its place in the picture is at least this (0 to 1); the others keep
    /// their positions. If not set, none are left out, and the answers are the reference's.
    @WithConverter(Bounds.Similarity.class)
    Optional<Double> pruneSimilarity();
  }

  interface Window {

    /// Length of an analysis window. If not set, what the checkpoint recommends, else 60s.
    @WithConverter(Bounds.PositiveDuration.class)
    Optional<Duration> length();

    /// Overlap of a window with the one before it. If not set, what the checkpoint recommends, else
    /// 10s.
    Optional<Duration> overlap();

    /// Video time between partial analyses of a window that is not full yet, so that events are
    /// published sooner; `0s` analyzes full windows only. If not set, half of (length − overlap).
    @WithConverter(Bounds.NotNegativeDuration.class)
    Optional<Duration> partialInterval();
  }

  interface Batching {

    /// Maximum frame pairs in one encoder batch.
    @WithDefault("32")
    @WithConverter(Bounds.PositiveInt.class)
    int maxPairs();

    /// Maximum prompts that are decoded together. Default: 8, on a GPU 32.
    @WithConverter(Bounds.PositiveInt.class)
    Optional<Integer> maxPrompts();

    /// Maximum tokens of a prompt that are computed at once. Long prompts are computed in parts, so
    /// that other streams need not wait for them; it also bounds the working memory of a prompt.
    /// Default: 1024, on a GPU 8192.
    @WithConverter(Bounds.PositiveInt.class)
    Optional<Integer> prefillChunk();

    /// Tokens of an answer that are guessed from earlier text and verified in one step, at most; an
    /// answer stays the same. 0 for none. Only on the CPU, for an answer that is generated alone,
    /// and not with weights that are rounded to four bits here. Default: 7 in INT8, else 0.
    @WithConverter(Bounds.DraftTokens.class)
    Optional<Integer> draftTokens();

    /// How long the first frame pair of an encoder batch waits for more.
    @WithDefault("10ms")
    Duration maxDelay();
  }

  interface Ordering {

    /// How late a chunk may arrive, in stream time. Later chunks are buffered until it arrives or
    /// this has passed; a chunk that arrives after that becomes a dead letter.
    @WithDefault("10s")
    @WithConverter(Bounds.NotNegativeDuration.class)
    Duration allowedLateness();

    /// Maximum bytes of a stream's chunks that are buffered while an earlier one is missing.
    @WithDefault("64M")
    MemorySize maxBufferedBytes();
  }

  interface Decode {

    /// Maximum pixels of one decoded picture; chunks with larger ones are rejected.
    @WithDefault("35389440")
    @WithConverter(Bounds.PositiveLong.class)
    long maxPixels();

    /// Maximum duration of one chunk.
    @WithDefault("10m")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration maxDuration();

    /// Maximum frames of one chunk.
    @WithDefault("120000")
    @WithConverter(Bounds.PositiveLong.class)
    long maxFrames();

    /// Damage that lasts longer is a gap with the cause `damaged`; shorter damage is stated as
    /// `damagedMs` with the results that cover it.
    @WithDefault("500ms")
    @WithConverter(Bounds.NotNegativeDuration.class)
    Duration maxDamage();

    /// Where media are read and decoded: `process`, in worker processes, which a chunk, a file or a
    /// live source may crash without harm to anything else; or `in-process`, without the limits on
    /// memory, time and output below.
    @WithDefault("process")
    Isolation isolation();

    /// How much of the loop filter of H.264, HEVC and VP8 is applied: `full`, or `none`, which
    /// takes less time but leaves block edges in the pictures, so that answers may differ.
    @WithDefault("full")
    LoopFilter loopFilter();

    /// Hardware that decodes: `none`, `cuda` (NVDEC), `vaapi`, or `auto`, the first of these that
    /// is there, else the CPU. Needs `chronoscope.decode.isolation=in-process`. Has not been run on
    /// such hardware.
    @WithDefault("none")
    HardwareDecoding hardware();

    /// Chunks that are decoded at the same time, over all streams, each in a worker process of its
    /// own; 0 takes one for each core, at most 16.
    @WithDefault("0")
    @WithConverter(Bounds.NotNegativeInt.class)
    int workers();

    /// Memory that decoding one chunk may take in its worker.
    @WithDefault("512M")
    MemorySize maxMemory();

    /// CPU seconds that decoding may take for each second of a chunk, in addition to 10.
    @WithDefault("10")
    @WithConverter(Bounds.PositiveInt.class)
    int cpuPerSecond();

    /// Time that decoding one chunk may take.
    @WithDefault("5m")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration timeout();

    /// Bytes of pictures, at the video's own size, that are sampled from one chunk.
    @WithDefault("16G")
    MemorySize maxOutputBytes();
  }

  interface Shedding {

    /// Lag at which load shedding starts: fewer frames, then smaller frames, then fewer windows. If
    /// not set, nothing is shed, however far a stream falls behind: results then depend on nothing
    /// but the video.
    @WithConverter(Bounds.PositiveDuration.class)
    Optional<Duration> targetLag();

    /// Priorities of streams, as comma-separated `PATTERN=NUMBER`; load shedding affects lower ones
    /// first. The first pattern that matches a stream counts; all others have 0.
    Optional<List<String>> priorities();
  }

  interface Queue {

    /// Maximum bytes of queued chunks over all streams. Above it the partitions of streams that
    /// hold more than their share pause (back-pressure); unfetched references count by their
    /// record.
    @WithDefault("256M")
    MemorySize maxBytes();
  }

  interface Cache {

    /// Maximum size of the cache of encoded frames, which the next window, rules and questions
    /// reuse.
    @WithDefault("256M")
    MemorySize maxBytes();

    /// Maximum size of the prefix cache: keys, values and embeddings of videos that the decoder has
    /// read, which events, rules, questions and the next analysis of a window share; `0` shares
    /// nothing. Default: `512M`, on a GPU `2G` of its memory.
    Optional<MemorySize> maxPrefixBytes();
  }

  interface Events {

    /// Lowest confidence, 0 to 1, with which an event is published; events below it are counted. If
    /// the checkpoint has no calibration, it is the probability of the least likely word.
    @WithDefault("0")
    @WithConverter(Bounds.Confidence.class)
    double minConfidence();

    /// An event that only one window can see is checked by one more question, about its span alone,
    /// and left out if the probability of yes is below this, 0 to 1. 0 checks nothing.
    @WithDefault("0")
    @WithConverter(Bounds.Confidence.class)
    double checkThreshold();

    /// Whether the model is also asked where in the picture each event happens (`boxes`). For
    /// checkpoints that were trained on boxes; the demo checkpoint was not.
    @WithDefault("false")
    @WithConverter(Bounds.Flag.class)
    boolean boxes();
  }

  interface Questions {

    /// Maximum time range that a question may cover.
    @WithDefault("1h")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration maxRange();

    /// Questions that an instance answers concurrently.
    @WithDefault("1")
    @WithConverter(Bounds.PositiveInt.class)
    int concurrency();

    /// Lowest confidence, 0 to 1, with which an occurrence of what a question, or the query of
    /// `analyze`, asks for is reported.
    @WithDefault("0.5")
    @WithConverter(Bounds.Confidence.class)
    double threshold();

    /// Maximum bytes read from the chunks topic for one question.
    @WithDefault("4G")
    MemorySize maxReadBytes();
  }

  interface Rules {

    /// Maximum rules evaluated per window of a stream, highest priority first; each costs a short
    /// prompt. Rules beyond it are skipped, counted and logged.
    @WithDefault("16")
    @WithConverter(Bounds.PositiveInt.class)
    int maxPerWindow();
  }

  interface Topics {

    /// Input: video chunks.
    @WithDefault("video.chunks")
    String chunks();

    /// Output: events.
    @WithDefault("video.events")
    String events();

    /// Output: summaries.
    @WithDefault("video.summaries")
    String summaries();

    /// Output: dead letters of records that could not be processed, with the reason.
    @WithDefault("video.chunks.dlq")
    String deadLetters();

    /// State from which streams resume; internal to the service.
    @WithDefault("video.state")
    String state();

    /// Input: rules.
    @WithDefault("video.rules")
    String rules();

    /// Output: alerts of matched rules.
    @WithDefault("video.alerts")
    String alerts();

    /// Input: questions.
    @WithDefault("video.questions")
    String questions();

    /// Output: answers to questions.
    @WithDefault("video.answers")
    String answers();

    /// Whether the service creates missing topics, as `kafka/topics` defines them.
    @WithDefault("true")
    @WithConverter(Bounds.Flag.class)
    boolean create();
  }

  interface References {

    /// Comma-separated directories whose files chunks may reference (`file:`). If not set, none.
    Optional<List<String>> roots();

    /// Comma-separated buckets whose objects chunks may reference (`s3:`). If not set, none.
    Optional<List<String>> buckets();

    /// Endpoint of the object store, such as `https://minio:9000`. If not set, Amazon S3.
    Optional<URI> endpoint();

    /// Region of the object store. If not set, that of the AWS environment or profile.
    Optional<String> region();

    /// Whether the bucket is part of the path instead of the host name. If not set, yes with an
    /// endpoint.
    @WithConverter(Bounds.Flag.class)
    Optional<Boolean> pathStyle();

    /// Timeout of one fetch attempt.
    @WithDefault("60s")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration timeout();

    /// How long fetching from an unreachable store is retried before the chunk becomes a dead
    /// letter.
    @WithDefault("2m")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration retryTimeout();
  }

  interface Search {

    /// Whether the service holds a search index over the results topics.
    @WithDefault("true")
    @WithConverter(Bounds.Flag.class)
    boolean enabled();

    /// Directory of the search index, of one process only; `memory` keeps it on the heap and builds
    /// it anew at each start.
    @WithDefault("data/search")
    String directory();

    /// How long after its end a result stays in the search index. If not set, as long as its topic
    /// retains it.
    @WithConverter(Bounds.PositiveDuration.class)
    Optional<Duration> retention();

    /// Address of an OpenSearch cluster with the k-NN plugin, which then holds the search index of
    /// all instances instead of `chronoscope.search.directory`. If not set, each has its own.
    Optional<URI> opensearchUrl();

    /// Prefix of the index's name in OpenSearch: lowercase letters, digits, hyphens.
    @WithDefault("chronoscope")
    @WithConverter(Bounds.IndexName.class)
    String opensearchIndex();

    /// OpenSearch user. If not set, there is no authentication.
    Optional<String> opensearchUsername();

    /// Password of the OpenSearch user. For the environment; command lines are visible to others.
    Optional<String> opensearchPassword();

    /// Shards of the index in OpenSearch, when it is created.
    @WithDefault("1")
    @WithConverter(Bounds.Shards.class)
    int opensearchShards();
  }

  interface Live {

    /// Minimum length of a live source's chunk, which ends before the next key frame.
    @WithDefault("4s")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration chunkLength();

    /// Comma-separated ids of sources whose video is encoded again, because they have no usable key
    /// frames or a codec that chunks may not have; `*` stands for all.
    Optional<List<String>> encode();

    /// Whose clock gives chunks their times: `source` is the source's own where it has one,
    /// otherwise when its video arrives; `arrival` is always the latter.
    @WithDefault("source")
    TimeSource clock();

    /// How long a source may send no new picture before it is connected to again.
    @WithDefault("10s")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration readTimeout();

    /// Longest pause between attempts to connect; they start at a second and double. After a
    /// refused password it is the first.
    @WithDefault("30s")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration maxBackoff();

    /// Directory in which the chunks of live sources wait until Kafka has them.
    @WithDefault("data/spool")
    String spool();

    /// Maximum bytes of one source's chunks that wait; above it the oldest are dropped, which is a
    /// gap.
    @WithDefault("1G")
    MemorySize maxSpoolBytes();

    /// Credentials of a source by its id, as `user:password`. For the environment
    /// (`CHRONOSCOPE_LIVE_CREDENTIALS_GATE`); command lines are visible to others.
    Map<String, String> credentials();

    /// File of credentials, one source on each line: its id and `user:password`.
    Optional<String> credentialsFile();
  }

  interface Kafka {

    /// Addresses of the brokers; `KAFKA_BOOTSTRAP_SERVERS` sets it as well.
    @WithDefault("${kafka.bootstrap.servers:localhost:9092}")
    String bootstrapServers();

    /// Port of the embedded broker (`serve --embedded`).
    @WithDefault("9092")
    @WithConverter(Bounds.Port.class)
    int embeddedPort();

    /// Data directory of the embedded broker.
    @WithDefault("data/kafka")
    String embeddedData();

    /// Consumer group of the instances that share the streams.
    @WithDefault("chronoscope")
    String group();

    /// `exactly-once`: results, state and offsets are written in one transaction, so that consumers
    /// with `read_committed` see each result once. `at-least-once`: no transactions; after a crash
    /// a result may be published again, under the same id.
    @WithDefault("exactly-once")
    DeliveryGuarantee delivery();

    /// CloudEvents source (`ce_source`) of what Chronoscope publishes, a URI reference. Commands
    /// and HTTP append what sends, such as `/produce`, and senders of chunks a part of their own.
    @WithDefault("/chronoscope")
    URI source();

    /// Maximum size of a chunk. Brokers and topics must allow it (`message.max.bytes`).
    @WithDefault("64M")
    MemorySize maxChunkBytes();
  }

  interface Access {

    /// File of tokens (`chronoscope.auth` = `token`), one on each line: name, role (`viewer` or
    /// `operator`), comma-separated stream patterns, and the token or `sha256:` and its digest.
    Optional<String> tokens();

    /// Claim of an OpenID Connect token that lists the stream patterns its bearer may see
    /// (`chronoscope.auth` = `oidc`). Without the claim: all streams.
    @WithDefault("chronoscope_streams")
    String streamsClaim();
  }

  interface Http {

    /// Address that the HTTP interface binds to; `0.0.0.0` is every address of this machine.
    @WithDefault("localhost")
    String host();

    /// Port of the page and the API.
    @WithDefault("8080")
    @WithConverter(Bounds.Port.class)
    int port();

    /// Requests per second that one client may make on average; a second's worth more at once.
    @WithDefault("200")
    @WithConverter(Bounds.PositiveInt.class)
    int requestsPerSecond();

    /// Maximum size of an uploaded file.
    @WithDefault("2G")
    MemorySize maxUploadBytes();

    /// Clients that may follow changes (server-sent events) at the same time.
    @WithDefault("256")
    @WithConverter(Bounds.PositiveInt.class)
    int maxFollowers();
  }

  interface Management {

    /// Address that health checks and metrics bind to. They need no authentication and show no
    /// content of streams.
    @WithDefault("localhost")
    String host();

    /// Port of health checks and metrics.
    @WithDefault("9000")
    @WithConverter(Bounds.Port.class)
    int port();
  }

  interface Play {

    /// Maximum time range of a clip.
    @WithDefault("10m")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration maxSpan();

    /// Maximum size of a clip, and of the chunks read for it.
    @WithDefault("256M")
    MemorySize maxBytes();

    /// Maximum time that making a clip, a thumbnail or a playlist may take.
    @WithDefault("30s")
    @WithConverter(Bounds.PositiveDuration.class)
    Duration timeout();

    /// Clips and thumbnails that are made concurrently; further requests wait.
    @WithDefault("2")
    @WithConverter(Bounds.PositiveInt.class)
    int concurrency();

    /// Maximum bytes of finished clips on disk, in the temporary directory.
    @WithDefault("1G")
    MemorySize cacheBytes();
  }

  interface Log {

    /// Whether log lines are JSON objects instead of text.
    @WithDefault("false")
    @WithConverter(Bounds.Flag.class)
    boolean json();

    /// Minimum level of log messages.
    @WithDefault("INFO")
    String level();
  }
}
