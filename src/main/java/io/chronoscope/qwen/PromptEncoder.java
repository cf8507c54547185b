package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.VideoLayout;
import io.chronoscope.qwen.TokenPruning.PrunedPair;
import io.chronoscope.qwen.decoder.DecodeRequest;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.position.VideoTokens;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.tokenizer.ChatTokenizer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.Prompt;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Turns a prompt of the port into a request to the decoder: the parts become segments of a
/// [ChatPrompt], their embeddings the rows of its visual tokens.
///
/// @param pruning which tokens of a video are left out; none of stills with timestamps
/// @param layout how a video is laid out
record PromptEncoder(
    Checkpoint checkpoint,
    ChatTokenizer tokenizer,
    Optional<TokenPruning> pruning,
    VideoLayout layout) {

  /// @throws IllegalArgumentException when a video mixes frame sizes
  DecodeRequest encode(Prompt prompt) {
    List<ChatPrompt.Segment> segments = new ArrayList<>();
    List<FloatBuffer> rows = new ArrayList<>();
    int sharedVisual = 0;
    for (int i = 0; i < prompt.parts().size(); i++) {
      Prompt.Part part = prompt.parts().get(i);
      int visual = 0;
      switch (part) {
        case Prompt.Part.Text(String text) -> segments.add(new ChatPrompt.Segment.Text(text));
        case Prompt.Part.Image(EncodedPair pair) -> {
          segments.add(new ChatPrompt.Segment.Image(grid(pair)));
          rows.add(pair.embeddings());
          visual = pair.tokens();
        }
        case Prompt.Part.Video(List<EncodedPair> pairs, List<Double> pairSeconds) -> {
          visual =
              switch (layout) {
                case PAIRS -> addPairs(pairs, pairSeconds, segments, rows);
                case TIMESTAMPS -> addStills(pairs, pairSeconds, segments, rows);
              };
        }
      }
      sharedVisual += i < prompt.sharedParts() ? visual : 0;
    }
    ChatPrompt chat =
        ChatPrompt.assemble(
            tokenizer,
            checkpoint.tokens(),
            checkpoint.vision().tokensPerSecond(),
            prompt.system(),
            segments);
    // Up to the last visual token of the shared parts: where more frames follow in another prompt,
    // they follow there.
    int shared = sharedVisual == 0 ? 0 : chat.visualAt()[sharedVisual - 1] + 1;
    return new DecodeRequest(chat, rows, shared, prompt.maxNewTokens(), prompt.onToken());
  }

  /// @return number of visual tokens
  private int addPairs(
      List<EncodedPair> pairs,
      List<Double> pairSeconds,
      List<ChatPrompt.Segment> segments,
      List<FloatBuffer> rows) {
    VideoTokens tokens = videoTokens(pairs, rows);
    segments.add(
        new ChatPrompt.Segment.Video(
            tokens, pairSeconds.stream().mapToDouble(Double::doubleValue).toArray()));
    return tokens.count();
  }

  /// @return number of visual tokens
  private static int addStills(
      List<EncodedPair> pairs,
      List<Double> pairSeconds,
      List<ChatPrompt.Segment> segments,
      List<FloatBuffer> rows) {
    for (int i = 0; i < pairs.size(); i++) {
      EncodedPair pair = pairs.get(i);
      segments.add(
          new ChatPrompt.Segment.Text(String.format(Locale.ROOT, "%.1fs: ", pairSeconds.get(i))));
      segments.add(new ChatPrompt.Segment.Image(grid(pair)));
      rows.add(pair.embeddings());
    }
    return pairs.stream().mapToInt(EncodedPair::tokens).sum();
  }

  /// The tokens of a video, whose embeddings are added to `rows`.
  private VideoTokens videoTokens(List<EncodedPair> pairs, List<FloatBuffer> rows) {
    TokenGrid grid = grid(pairs.getFirst());
    for (EncodedPair pair : pairs) {
      if (!grid(pair).equals(grid)) {
        throw new IllegalArgumentException(
            "a video mixes frame pairs of %s and %s".formatted(grid, grid(pair)));
      }
    }
    if (pruning.isEmpty()) {
      pairs.forEach(pair -> rows.add(pair.embeddings()));
      return new VideoTokens.All(grid, pairs.size());
    }
    List<PrunedPair> pruned = pruning.get().prune(pairs);
    pruned.stream().map(PrunedPair::rows).filter(FloatBuffer::hasRemaining).forEach(rows::add);
    return new VideoTokens.Kept(grid, pruned.stream().map(PrunedPair::kept).toList());
  }

  private static TokenGrid grid(EncodedPair pair) {
    return new TokenGrid(pair.rows(), pair.columns());
  }
}
