package io.chronoscope.cli.bench.engine;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.Prompt;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Prompts of a given length with noise for a video.
final class TestPrompts {

  private static final double DEVIATION = 0.02;

  private final int hiddenSize;

  /// @param hiddenSize width of an embedding
  TestPrompts(int hiddenSize) {
    this.hiddenSize = hiddenSize;
  }

  /// @param count prompts of the same shape
  /// @param onToken called with each token of each of them
  List<Prompt> of(PromptShape shape, int count, int newTokens, IntConsumer onToken) {
    EncodedPair pair =
        new EncodedPair(shape.gridSide(), shape.gridSide(), noise(shape.tokensPerPair()));
    List<EncodedPair> pairs = Collections.nCopies(shape.pairs(), pair);
    Prompt prompt = video(pairs, shape.words(), newTokens, onToken);
    return Collections.nCopies(count, prompt);
  }

  /// Rules about one video, new to the model, each with so many words.
  List<Prompt> rules(PromptShape shape, int count) {
    EncodedPair pair =
        new EncodedPair(shape.gridSide(), shape.gridSide(), noise(shape.tokensPerPair()));
    Prompt.Part.Video video = video(Collections.nCopies(shape.pairs(), pair));
    return IntStream.range(0, count)
        .mapToObj(rule ->
            Prompt.about(
                video, Prompts.presence("a".repeat(1 + rule) + " a".repeat(shape.words())), 1))
        .toList();
  }

  private static Prompt.Part.Video video(List<EncodedPair> pairs) {
    return new Prompt.Part.Video(
        pairs, IntStream.range(0, pairs.size()).mapToObj(pair -> 1.0 * pair).toList());
  }

  /// A question of so many words about a video.
  static Prompt video(List<EncodedPair> pairs, int words, int newTokens, IntConsumer onToken) {
    return new Prompt(
        Prompt.DEFAULT_SYSTEM,
        List.of(video(pairs), new Prompt.Part.Text(Prompts.SUMMARY + " a".repeat(words))),
        newTokens,
        onToken);
  }

  private FloatBuffer noise(int tokens) {
    Random random = new Random(7);
    FloatBuffer rows =
        ByteBuffer.allocateDirect(4 * tokens * hiddenSize)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    while (rows.hasRemaining()) {
      rows.put((float) (random.nextGaussian() * DEVIATION));
    }
    return rows.flip().asReadOnlyBuffer();
  }
}
