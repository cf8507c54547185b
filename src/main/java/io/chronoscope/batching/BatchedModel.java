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

/// The model shared by many streams: frame pairs of equal size are encoded in one batch and prompts
/// answered in one batch, whichever streams they come from. Does not own the model. Thread-safe.
public final class BatchedModel implements AutoCloseable {

  /// Upper bound on the tokens of a short answer.
  private static final int SHORT_TOKENS = 4;

  /// Short answers share batches with each other only, so that they do not wait for answers of
  /// hundreds of tokens.
  private enum AnswerLength {
    SHORT,
    LONG;

    static AnswerLength of(Prompt prompt) {
      return prompt.maxNewTokens() <= SHORT_TOKENS ? SHORT : LONG;
    }
  }

  private final VideoLanguageModel model;
  private final Batcher<FrameSize, FramePair, EncodedPair> encoder;
  private final Batcher<AnswerLength, Prompt, Answer> decoder;

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
        new Batcher<>(
            "decoder",
            decoderLimits,
            (length, prompts) -> generate(prompts, listener),
            listener::decoderBatch);
  }

  private List<Answer> generate(List<Prompt> prompts, BatchListener listener) {
    List<Answer> answers = model.generate(prompts);
    answers.forEach(
        answer -> listener.promptAnswered(answer.promptTokenIds().size(), answer.reusedTokens()));
    return answers;
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

  /// Encodes a pair, whose pictures must stay open until the result is complete.
  public CompletableFuture<EncodedPair> encode(FramePair pair, Priority priority) {
    FrameSize size = new FrameSize(pair.first().widthPx(), pair.first().heightPx());
    return encoder.submit(size, pair, priority);
  }

  /// Answers a prompt with [Priority#LIVE].
  public CompletableFuture<Answer> generate(Prompt prompt) {
    return generate(prompt, Priority.LIVE);
  }

  public CompletableFuture<Answer> generate(Prompt prompt, Priority priority) {
    return decoder.submit(AnswerLength.of(prompt), prompt, priority);
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
