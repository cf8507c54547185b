package io.chronoscope.qwen.prompt;

import io.chronoscope.checkpoint.VisionTokens;
import io.chronoscope.qwen.position.MropePositions;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.position.VideoTokens;
import io.chronoscope.tokenizer.ChatTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// One system and one user message in Qwen's chat format, up to where the assistant's answer
/// starts.
///
/// @param tokenIds of the whole prompt, with one pad id for each visual token; not copied
/// @param visualAt indices of the visual tokens in `tokenIds`, ascending; not copied
/// @param positions of the tokens in time, height and width
@SuppressWarnings("ArrayRecordComponent") // handed over once, not compared
public record ChatPrompt(int[] tokenIds, int[] visualAt, MropePositions positions) {

  public int length() {
    return tokenIds.length;
  }

  /// The token ids without those of visual tokens.
  public int[] textTokenIds() {
    int[] text = new int[tokenIds.length - visualAt.length];
    int visual = 0;
    for (int i = 0; i < tokenIds.length; i++) {
      if (visual < visualAt.length && visualAt[visual] == i) {
        visual++;
      } else {
        text[i - visual] = tokenIds[i];
      }
    }
    return text;
  }

  /// A part of the user's message.
  public sealed interface Segment {

    record Text(String text) implements Segment {}

    record Image(TokenGrid grid) implements Segment {}

    /// @param pairSeconds time of each frame pair, relative to the video's start; not copied
    @SuppressWarnings("ArrayRecordComponent") // handed over once, not compared
    record Video(VideoTokens tokens, double[] pairSeconds) implements Segment {

      public Video {
        if (tokens.pairs() != pairSeconds.length) {
          throw new IllegalArgumentException(
              "a video needs one time for each of its frame pairs: %d pairs, %d times"
                  .formatted(tokens.pairs(), pairSeconds.length));
        }
      }

      /// A video with all of its tokens.
      public Video(TokenGrid grid, double[] pairSeconds) {
        this(new VideoTokens.All(grid, pairSeconds.length), pairSeconds);
      }
    }
  }

  /// Lays out a prompt.
  ///
  /// @param tokensPerSecond temporal positions per second, from the checkpoint
  public static ChatPrompt assemble(
      ChatTokenizer tokenizer,
      VisionTokens tokens,
      double tokensPerSecond,
      String system,
      List<Segment> segments) {
    Assembly assembly = new Assembly(tokenizer, tokens, tokensPerSecond);
    assembly.text("<|im_start|>system\n" + system + "<|im_end|>\n<|im_start|>user\n");
    for (Segment segment : segments) {
      switch (segment) {
        case Segment.Text(String text) -> assembly.text(text);
        case Segment.Image(TokenGrid grid) -> assembly.image(grid);
        case Segment.Video(VideoTokens video, double[] pairSeconds) ->
            assembly.video(video, pairSeconds);
      }
    }
    assembly.text("<|im_end|>\n<|im_start|>assistant\n");
    return assembly.finish();
  }

  private static final class Assembly {

    private final ChatTokenizer tokenizer;
    private final VisionTokens tokens;
    private final MropePositions.Builder positions;
    private final IntStream.Builder ids = IntStream.builder();
    private final IntStream.Builder visualAt = IntStream.builder();
    private final StringBuilder pending = new StringBuilder();
    private int length;

    Assembly(ChatTokenizer tokenizer, VisionTokens tokens, double tokensPerSecond) {
      this.tokenizer = tokenizer;
      this.tokens = tokens;
      this.positions = MropePositions.builder(tokensPerSecond);
    }

    /// Buffers text: adjacent texts are tokenized as one.
    void text(String text) {
      pending.append(text);
    }

    void image(TokenGrid grid) {
      visionStart();
      positions.image(grid);
      pads(tokens.imagePad(), grid.tokens());
      visionEnd();
    }

    void video(VideoTokens video, double[] pairSeconds) {
      visionStart();
      double step = pairSeconds.length > 1 ? pairSeconds[1] : 0;
      if (evenlySpaced(pairSeconds, step)) {
        // The rule for even spacing rounds the way the checkpoints were trained.
        positions.video(video, step);
      } else {
        positions.video(video, pairSeconds);
      }
      pads(tokens.videoPad(), video.count());
      visionEnd();
    }

    private static boolean evenlySpaced(double[] pairSeconds, double step) {
      return IntStream.range(0, pairSeconds.length).allMatch(i -> pairSeconds[i] == i * step);
    }

    private void visionStart() {
      flush();
      special(tokens.visionStart());
    }

    private void visionEnd() {
      special(tokens.visionEnd());
    }

    private void special(int id) {
      ids.add(id);
      length++;
      positions.text(1);
    }

    private void pads(int id, int count) {
      for (int i = 0; i < count; i++) {
        visualAt.add(length);
        ids.add(id);
        length++;
      }
    }

    private void flush() {
      if (!pending.isEmpty()) {
        int[] encoded = tokenizer.encode(pending.toString());
        Arrays.stream(encoded).forEach(ids::add);
        length += encoded.length;
        positions.text(encoded.length);
        pending.setLength(0);
      }
    }

    ChatPrompt finish() {
      flush();
      return new ChatPrompt(ids.build().toArray(), visualAt.build().toArray(), positions.build());
    }
  }
}
