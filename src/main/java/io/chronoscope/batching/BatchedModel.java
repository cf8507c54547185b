package io.chronoscope.batching;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import io.chronoscope.vlm.YesNoTokens;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/// The model as many streams use it at once: frame pairs of equal size are encoded together,
/// prompts are answered together, whichever stream they come from. Does not own the model.
public final class BatchedModel implements AutoCloseable {

  /// Answers up to so many tokens are short: they share batches with each other, and do not wait
  /// for, or add rows to, answers of hundreds of tokens.
  private static final int SHORT_TOKENS = 4;

  private final VideoLanguageModel model;
  private final Batcher<FrameSize, FramePair, EncodedPair> encoder;
  private final Batcher<Boolean, Prompt, Answer> decoder;

  /// @param onEncoderBatch told the size of each encoder batch; `onDecoderBatch` likewise
  public BatchedModel(
      VideoLanguageModel model,
      BatchLimits encoderLimits,
      BatchLimits decoderLimits,
      IntConsumer onEncoderBatch,
      IntConsumer onDecoderBatch) {
    this.model = model;
    this.encoder =
        new Batcher<>(
            "encoder", encoderLimits, (size, pairs) -> model.encode(pairs), onEncoderBatch);
    this.decoder =
        new Batcher<>(
            "decoder",
            decoderLimits,
            (isShort, prompts) -> model.generate(prompts),
            onDecoderBatch);
  }

  public ModelRef ref() {
    return model.ref();
  }

  /// See [VideoLanguageModel#frameSize].
  public FrameSize frameSize(FrameSize nativeSize, long maxPixels) {
    return model.frameSize(nativeSize, maxPixels);
  }

  /// See [VideoLanguageModel#resize].
  public Picture resize(Picture frame, FrameSize size) {
    return model.resize(frame, size);
  }

  /// See [VideoLanguageModel#tokensPerPair].
  public int tokensPerPair(FrameSize size) {
    return model.tokensPerPair(size);
  }

  /// See [VideoLanguageModel#yesNoTokens].
  public YesNoTokens yesNoTokens() {
    return model.yesNoTokens();
  }

  /// See [VideoLanguageModel#maxPositions].
  public int maxPositions() {
    return model.maxPositions();
  }

  /// How soon something is to be computed.
  public enum Urgency {
    /// As soon as its turn comes.
    LIVE,
    /// When nothing live is waiting; but not never, see [Batcher#submitLater].
    LATER
  }

  /// Encodes a pair; its pictures must stay open until the result is there.
  public CompletableFuture<EncodedPair> encode(FramePair pair) {
    return encode(pair, Urgency.LIVE);
  }

  /// Encodes a pair; its pictures must stay open until the result is there.
  public CompletableFuture<EncodedPair> encode(FramePair pair, Urgency urgency) {
    FrameSize size = new FrameSize(pair.first().widthPx(), pair.first().heightPx());
    return switch (urgency) {
      case LIVE -> encoder.submit(size, pair);
      case LATER -> encoder.submitLater(size, pair);
    };
  }

  public CompletableFuture<Answer> generate(Prompt prompt) {
    return generate(prompt, Urgency.LIVE);
  }

  public CompletableFuture<Answer> generate(Prompt prompt, Urgency urgency) {
    return switch (urgency) {
      case LIVE -> decoder.submit(prompt.maxNewTokens() <= SHORT_TOKENS, prompt);
      case LATER -> decoder.submitLater(prompt.maxNewTokens() <= SHORT_TOKENS, prompt);
    };
  }

  /// Waits for each of `results` in order.
  public static <T> List<T> joinAll(List<CompletableFuture<T>> results) {
    // All of them, also when one fails: the caller closes pictures that others may still read.
    CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
        .handle((ignored, failure) -> null)
        .join();
    return results.stream().map(CompletableFuture::join).toList();
  }

  @Override
  public void close() {
    encoder.close();
    decoder.close();
  }
}
