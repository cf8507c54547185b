package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.qwen.decoder.DecodeRequest;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.tokenizer.ChatTokenizer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.Prompt;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/// Turns a prompt of the port into a request to the decoder: the parts become segments of a
/// [ChatPrompt], their embeddings the rows of its visual tokens.
record PromptEncoder(Checkpoint checkpoint, ChatTokenizer tokenizer) {

  /// @throws IllegalArgumentException when a video mixes frame sizes
  DecodeRequest encode(Prompt prompt) {
    List<ChatPrompt.Segment> segments = new ArrayList<>();
    List<FloatBuffer> rows = new ArrayList<>();
    for (Prompt.Part part : prompt.parts()) {
      switch (part) {
        case Prompt.Part.Text(String text) -> segments.add(new ChatPrompt.Segment.Text(text));
        case Prompt.Part.Image(EncodedPair pair) -> {
          segments.add(new ChatPrompt.Segment.Image(grid(pair)));
          rows.add(pair.embeddings());
        }
        case Prompt.Part.Video(List<EncodedPair> pairs, List<Double> pairSeconds) -> {
          TokenGrid grid = grid(pairs.getFirst());
          for (EncodedPair pair : pairs) {
            if (!grid(pair).equals(grid)) {
              throw new IllegalArgumentException(
                  "a video mixes frame pairs of %s and %s".formatted(grid, grid(pair)));
            }
            rows.add(pair.embeddings());
          }
          segments.add(
              new ChatPrompt.Segment.Video(
                  grid, pairSeconds.stream().mapToDouble(Double::doubleValue).toArray()));
        }
      }
    }
    ChatPrompt chat =
        ChatPrompt.assemble(
            tokenizer,
            checkpoint.tokens(),
            checkpoint.vision().tokensPerSecond(),
            prompt.system(),
            segments);
    return new DecodeRequest(
        chat, rows, sharedTokens(prompt, chat), prompt.maxNewTokens(), prompt.onToken());
  }

  /// The tokens up to the last visual one of the shared parts. Where more frames follow in another
  /// prompt, they follow there.
  private static int sharedTokens(Prompt prompt, ChatPrompt chat) {
    int visual = 0;
    for (Prompt.Part part : prompt.parts().subList(0, prompt.sharedParts())) {
      visual +=
          switch (part) {
            case Prompt.Part.Text(String text) -> 0;
            case Prompt.Part.Image(EncodedPair pair) -> pair.tokens();
            case Prompt.Part.Video(List<EncodedPair> pairs, List<Double> pairSeconds) ->
                pairs.stream().mapToInt(EncodedPair::tokens).sum();
          };
    }
    return visual == 0 ? 0 : chat.visualAt()[visual - 1] + 1;
  }

  private static TokenGrid grid(EncodedPair pair) {
    return new TokenGrid(pair.rows(), pair.columns());
  }
}
