package io.chronoscope.batching;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.ModelProfile;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import io.chronoscope.vlm.YesNoTokens;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/// The model shared by many streams: frame pairs of equal size are encoded in one batch whichever
/// streams they come from, and prompts join a running batch. Both are fair between streams: one
/// that submits a lot delays the others by little. Does not own the model. Thread-safe.
public final class BatchedModel implements AutoCloseable {

  private final VideoLanguageModel model;
  private final Batcher<FrameSize, FramePair, EncodedPair> encoder;
  private final PromptQueue decoder;

  /// @param decoderLimits the delay applies to a model that answers whole batches only
  public BatchedModel(
      VideoLanguageModel model,
      BatchLimits encoderLimits,
      BatchLimits decoderLimits,
      BatchListener listener) {
    this.model = model;
    this.encoder =
        new Batcher<>(
            "encoder", encoderLimits, (size, pairs) -> model.encode(pairs), listener::encoderBatch);
    this.decoder =
        model
            .decoding()
            .<PromptQueue>map(
                decoding -> new ContinuousDecoder(decoding, decoderLimits.maxItems(), listener))
            .orElseGet(() -> new WholeBatches(model, decoderLimits, listener));
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

  /// See [VideoLanguageModel#profile].
  public ModelProfile profile() {
    return model.profile();
  }

  /// See [VideoLanguageModel#positionsPerSecond].
  public OptionalDouble positionsPerSecond() {
    return model.positionsPerSecond();
  }

  /// See [VideoLanguageModel#maxPositions].
  public int maxPositions() {
    return model.maxPositions();
  }

  /// Encodes a pair, whose pictures must stay open until the result is complete.
  ///
  /// @param stream on whose behalf
  public CompletableFuture<EncodedPair> encode(String stream, FramePair pair, Priority priority) {
    return encoder.submit(pair.size(), stream, pair, priority);
  }

  /// Answers a prompt.
  ///
  /// @param stream on whose behalf
  public CompletableFuture<Answer> generate(String stream, Prompt prompt, Priority priority) {
    return decoder.submit(stream, prompt, priority);
  }

  /// Waits for all of `results`, also when one of them fails.
  ///
  /// @return in the order of `results`
  /// @throws java.util.concurrent.CompletionException with the first failure in that order
  public static <T> List<T> joinAll(List<CompletableFuture<T>> results) {
    // The caller closes pictures that the others may still read.
    CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
        .handle((ignored, failure) -> null)
        .join();
    return results.stream().map(CompletableFuture::join).toList();
  }

  /// Fails what is waiting and waits for the running batches.
  @Override
  public void close() {
    encoder.close();
    decoder.close();
  }
}
