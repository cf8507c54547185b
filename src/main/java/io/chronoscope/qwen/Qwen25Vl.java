package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.CheckpointHints;
import io.chronoscope.checkpoint.PixelLimits;
import io.chronoscope.checkpoint.VideoLayout;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import io.chronoscope.ort.CudaSupport;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.RuntimeLibrary;
import io.chronoscope.qwen.decoder.DecodeRequest;
import io.chronoscope.qwen.decoder.Decoded;
import io.chronoscope.qwen.decoder.Decoder;
import io.chronoscope.qwen.decoder.StepDecoder;
import io.chronoscope.qwen.encoder.VisionEncoder;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.qwen.image.SmartResize;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.DerivedWeightsCache;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.tokenizer.ChatTokenizer;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.ModelProfile;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import io.chronoscope.vlm.YesNoTokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/// Qwen2.5-VL from a checkpoint directory in the published format, on ONNX Runtime.
///
/// Owns two compiled graphs, the memory-mapped weights and their converted copies (on the CPU from
/// BF16 weights: four bytes per parameter in FP32, one in INT8) until it is closed. [#close()]
/// waits for calls in progress; later calls fail with [IllegalStateException].
public final class Qwen25Vl implements VideoLanguageModel {

  private static final int REPORTED_LOGITS = 10;

  /// Below this width an operator finishes before a second thread has woken up.
  private static final int SMALL_HIDDEN_SIZE = 512;

  private final EngineSettings settings;
  private final Checkpoint checkpoint;
  private final ModelWeights weights;
  private final ChatTokenizer tokenizer;
  private final PromptEncoder promptEncoder;
  private final VisionEncoder encoder;
  private final Decoder decoder;
  private final YesNoTokens yesNoTokens;
  private final ReadWriteLock closing = new ReentrantReadWriteLock();
  private boolean closed;

  private Qwen25Vl(
      EngineSettings settings,
      Checkpoint checkpoint,
      ModelWeights weights,
      ChatTokenizer tokenizer,
      CompiledGraphs graphs) {
    this.settings = settings;
    this.checkpoint = checkpoint;
    this.weights = weights;
    this.tokenizer = tokenizer;
    this.promptEncoder =
        new PromptEncoder(
            checkpoint,
            tokenizer,
            settings.pruneSimilarity().map(TokenPruning::new),
            layout(checkpoint));
    this.encoder = graphs.encoder();
    this.decoder = graphs.decoder();
    this.yesNoTokens = YesNoTokens.of(tokenizer::encode);
  }

  /// Opens the checkpoint and compiles its graphs.
  ///
  /// @throws io.chronoscope.checkpoint.CheckpointException when the directory is not a usable
  ///   checkpoint
  /// @throws io.chronoscope.ort.OnnxRuntimeException when the device is not available
  /// @throws InsufficientMemoryException when the model would not fit into the memory
  public static Qwen25Vl open(Path checkpointDirectory, EngineSettings settings) {
    RuntimeLibrary.unpackInto(settings.cacheDirectory());
    if (settings.device() instanceof Device.Cuda) {
      CudaSupport.require();
    }
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      Checkpoint checkpoint = Checkpoint.open(checkpointDirectory);
      opened.add(checkpoint);
      int threads = threads(settings, checkpoint);
      Precision precision = PrecisionChoice.resolve(settings, checkpoint);
      ModelWeights weights = weights(precision, settings, checkpoint);
      opened.add(weights);
      ChatTokenizer tokenizer = ChatTokenizer.open(checkpointDirectory);
      opened.add(tokenizer);
      CompiledGraphs graphs =
          CompiledGraphs.compile(settings, checkpoint, weights, precision, threads);
      return new Qwen25Vl(settings, checkpoint, weights, tokenizer, graphs);
    } catch (RuntimeException e) {
      CompiledGraphs.closeAll(opened.reversed(), e);
      throw e;
    }
  }

  private static ModelWeights weights(
      Precision precision, EngineSettings settings, Checkpoint checkpoint) {
    DerivedWeightsCache cache = new DerivedWeightsCache(settings.cacheDirectory());
    return switch (precision) {
      case FP32, BF16 -> ModelWeights.asStored(cache, checkpoint.ref(), checkpoint.weights());
      case INT8 -> ModelWeights.int8(cache, checkpoint.ref(), checkpoint.weights());
      case INT4 -> ModelWeights.int4(cache, checkpoint.ref(), checkpoint.weights());
    };
  }

  private static int threads(EngineSettings settings, Checkpoint checkpoint) {
    boolean chosen = settings.intraOpThreads() > 0;
    boolean small = checkpoint.text().hiddenSize() < SMALL_HIDDEN_SIZE;
    return !chosen && small ? 1 : settings.intraOpThreads();
  }

  @Override
  public ModelRef ref() {
    return checkpoint.ref();
  }

  /// The model's checkpoint, for its limits and hints; closed with the model.
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  @Override
  public FrameSize frameSize(FrameSize nativeSize, long maxPixels) {
    PixelLimits limits = checkpoint.preprocessor().videoFrame();
    long most = Math.clamp(maxPixels, limits.minPixels(), limits.maxPixels());
    return SmartResize.fit(
        nativeSize.heightPx(),
        nativeSize.widthPx(),
        checkpoint.vision().tokenSizePx(),
        limits.minPixels(),
        most);
  }

  @Override
  public Picture resize(Picture frame, FrameSize size) {
    return BicubicResize.resize(frame, size);
  }

  @Override
  public int tokensPerPair(FrameSize size) {
    return TokenGrid.of(size, checkpoint.vision().tokenSizePx()).tokens();
  }

  @Override
  public YesNoTokens yesNoTokens() {
    return yesNoTokens;
  }

  @Override
  public ModelProfile profile() {
    return checkpoint.hints().map(CheckpointHints::profile).orElse(ModelProfile.PLAIN);
  }

  @Override
  public OptionalDouble positionsPerSecond() {
    return switch (layout(checkpoint)) {
      case PAIRS -> OptionalDouble.of(checkpoint.vision().tokensPerSecond());
      case TIMESTAMPS -> OptionalDouble.empty();
    };
  }

  @Override
  public int maxPositions() {
    return checkpoint.text().maxPositions();
  }

  @Override
  public List<EncodedPair> encode(List<FramePair> pairs) {
    return whileOpen(() -> {
      List<EncodedPair> encoded = new ArrayList<>();
      List<FramePair> shown =
          switch (layout(checkpoint)) {
            case PAIRS -> pairs;
            case TIMESTAMPS ->
                pairs.stream().map(pair -> new FramePair(pair.first(), pair.first())).toList();
          };
      for (int from = 0; from < shown.size(); from += settings.maxEncoderBatch()) {
        int until = Math.min(shown.size(), from + settings.maxEncoderBatch());
        encoded.addAll(encoder.encode(shown.subList(from, until)));
      }
      return encoded;
    });
  }

  private static VideoLayout layout(Checkpoint checkpoint) {
    return checkpoint.hints().map(CheckpointHints::videoLayout).orElse(VideoLayout.PAIRS);
  }

  @Override
  public List<Answer> generate(List<Prompt> prompts) {
    return generateTimed(prompts).stream().map(TimedAnswer::answer).toList();
  }

  /// An answer with the times of its decoding.
  record TimedAnswer(Answer answer, Decoded decoded) {}

  List<TimedAnswer> generateTimed(List<Prompt> prompts) {
    return whileOpen(() -> {
      List<DecodeRequest> requests = prompts.stream().map(promptEncoder::encode).toList();
      List<Decoded> decoded = decoder.generate(requests);
      return IntStream.range(0, requests.size())
          .mapToObj(i ->
              new TimedAnswer(answer(requests.get(i).prompt(), decoded.get(i)), decoded.get(i)))
          .toList();
    });
  }

  @Override
  public Optional<Decoding> decoding() {
    return decoder instanceof StepDecoder steps
        ? Optional.of(new QwenDecoding(this, steps.startBatch()))
        : Optional.empty();
  }

  /// Bytes of the keys and values that prompts share which begin alike.
  public long prefixBytes() {
    return decoder instanceof StepDecoder steps ? steps.prefixKeyValueBytes() : 0;
  }

  DecodeRequest request(Prompt prompt) {
    return promptEncoder.encode(prompt);
  }

  Answer answer(ChatPrompt prompt, Decoded decoded) {
    int[] ids = decoded.tokenIds();
    int[] ofText = Arrays.copyOf(ids, decoded.finished() ? ids.length - 1 : ids.length);
    String text = tokenizer.decodeText(ofText);
    int[] ends = tokenizer.ends(ofText, text);
    return new Answer(
        Arrays.stream(prompt.tokenIds()).boxed().toList(),
        Arrays.stream(ids).boxed().toList(),
        text,
        decoded.end(),
        decoded.reusedTokens(),
        decoded.drafts(),
        TopLogits.of(decoded.firstLogits(), REPORTED_LOGITS),
        IntStream.range(0, ends.length)
            .mapToObj(i -> new Answer.Piece(ends[i], decoded.logProbabilities().get(i)))
            .toList());
  }

  interface Call<T> {
    T run();
  }

  <T> T whileOpen(Call<T> call) {
    closing.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model " + checkpoint.directory() + " is closed");
      }
      return call.run();
    } finally {
      closing.readLock().unlock();
    }
  }

  @Override
  public void close() {
    closing.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        decoder.close();
        encoder.close();
        tokenizer.close();
        weights.close();
        checkpoint.close();
      }
    } finally {
      closing.writeLock().unlock();
    }
  }
}
