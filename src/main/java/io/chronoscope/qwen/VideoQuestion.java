package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.PixelLimits;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.qwen.image.SmartResize;
import io.chronoscope.qwen.image.VideoPixels;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Answers one question about a video or a picture and reports every intermediate result that can
/// be compared with the reference. Video frames whose sides are multiples of the merged token's
/// side (28) are used unscaled; others, and every still picture, are scaled by the checkpoint's
/// preprocessing.
public final class VideoQuestion {

  private static final int ROW_SAMPLE = 8;

  private final Qwen25Vl model;

  public VideoQuestion(Qwen25Vl model) {
    this.model = model;
  }

  /// Asks about frames sampled at `fps` frames per second.
  ///
  /// @param frames of one size, in order, at least one; they stay open
  /// @param onToken called with each generated token id
  /// @throws IllegalArgumentException when there are no frames or no rate
  public Report askVideo(
      List<Picture> frames, double fps, String question, int maxNewTokens, IntConsumer onToken) {
    if (frames.isEmpty() || !(fps > 0)) {
      throw new IllegalArgumentException(
          "a video needs frames and a rate, not %d frames at %s fps".formatted(frames.size(), fps));
    }
    Checkpoint checkpoint = model.checkpoint();
    PixelLimits limits = checkpoint.preprocessor().videoFrame();
    double maxPixels = VideoPixels.maxPixelsPerFrame(frames.size(), limits);
    double secondsPerPair = checkpoint.vision().temporalPatchSize() / fps;
    return ask(
        frames, limits.minPixels(), maxPixels, question, maxNewTokens, onToken, secondsPerPair);
  }

  /// Asks about a still picture.
  public Report askImage(Picture image, String question, int maxNewTokens, IntConsumer onToken) {
    PixelLimits limits = model.checkpoint().preprocessor().image();
    return ask(
        List.of(image),
        limits.minPixels(),
        limits.maxPixels(),
        question,
        maxNewTokens,
        onToken,
        Double.NaN);
  }

  /// @param secondsPerPair NaN for a still picture
  private Report ask(
      List<Picture> frames,
      double minPixels,
      double maxPixels,
      String question,
      int maxNewTokens,
      IntConsumer onToken,
      double secondsPerPair) {
    boolean video = !Double.isNaN(secondsPerPair);
    long start = System.nanoTime();
    List<Picture> scaled = new ArrayList<>();
    try {
      List<Picture> ready = new ArrayList<>();
      for (Picture frame : frames) {
        int side = model.checkpoint().vision().tokenSizePx();
        boolean aligned = frame.heightPx() % side == 0 && frame.widthPx() % side == 0;
        FrameSize size =
            video && aligned
                ? frame.size()
                : SmartResize.fit(frame.heightPx(), frame.widthPx(), side, minPixels, maxPixels);
        boolean fits = size.widthPx() == frame.widthPx() && size.heightPx() == frame.heightPx();
        if (!fits) {
          scaled.add(BicubicResize.resize(frame, size));
        }
        ready.add(fits ? frame : scaled.getLast());
      }
      long resized = System.nanoTime();
      List<EncodedPair> encoded = model.encode(pairs(ready));
      long encodedAt = System.nanoTime();
      List<Prompt.Part> parts =
          List.of(
              video
                  ? new Prompt.Part.Video(
                      encoded,
                      IntStream.range(0, encoded.size())
                          .mapToObj(pair -> pair * secondsPerPair)
                          .toList())
                  : new Prompt.Part.Image(encoded.getFirst()),
              new Prompt.Part.Text(question));
      Qwen25Vl.TimedAnswer answered =
          model
              .generateTimed(
                  List.of(new Prompt(Prompt.DEFAULT_SYSTEM, parts, maxNewTokens, onToken)))
              .getFirst();
      TokenGrid grid =
          TokenGrid.of(ready.getFirst().size(), model.checkpoint().vision().tokenSizePx());
      int merge = model.checkpoint().vision().spatialMergeSize();
      return new Report(
          answered.answer(),
          new PatchGrid(encoded.size(), grid.rows() * merge, grid.columns() * merge),
          secondsPerPair,
          sample(encoded.getFirst().embeddings(), 0),
          sample(
              encoded.getLast().embeddings(),
              encoded.getLast().embeddings().remaining() * (grid.tokens() - 1L) / grid.tokens()),
          new Timings(
              millis(resized - start),
              millis(encodedAt - resized),
              millis(answered.decoded().prefillNanos()),
              millis(answered.decoded().decodeNanos()),
              millis(System.nanoTime() - start)));
    } finally {
      scaled.forEach(Picture::close);
    }
  }

  /// Pairs consecutive frames; the last of an odd count is paired with itself.
  private static List<FramePair> pairs(List<Picture> frames) {
    List<FramePair> pairs = new ArrayList<>();
    for (int i = 0; i < frames.size(); i += 2) {
      pairs.add(new FramePair(frames.get(i), frames.get(Math.min(i + 1, frames.size() - 1))));
    }
    return pairs;
  }

  private static List<Float> sample(FloatBuffer rows, long from) {
    return IntStream.range(0, ROW_SAMPLE).mapToObj(i -> rows.get((int) from + i)).toList();
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  /// The size of a video in patches.
  public record PatchGrid(int pairs, int rows, int columns) {

    /// `[t, h, w]`.
    public List<Integer> toList() {
      return List.of(pairs, rows, columns);
    }
  }

  /// The answer and the intermediate results.
  ///
  /// @param grid of the encoded frames, in patches
  /// @param secondsPerGrid time between frame pairs; NaN for a still picture
  /// @param embeddingRow0 first eight numbers of the encoder's first output row
  /// @param embeddingRowLast first eight numbers of its last output row
  public record Report(
      Answer answer,
      PatchGrid grid,
      double secondsPerGrid,
      List<Float> embeddingRow0,
      List<Float> embeddingRowLast,
      Timings timings) {

    public Report {
      embeddingRow0 = List.copyOf(embeddingRow0);
      embeddingRowLast = List.copyOf(embeddingRowLast);
    }
  }

  /// Wall time of each stage in milliseconds.
  ///
  /// @param resizeMs scaling frames to the model's size
  /// @param encodeMs vision encoder
  /// @param prefillMs the decoder's run that contains prefill and the first token (on CUDA later
  ///   ones too)
  /// @param decodeMs the runs after it
  /// @param totalMs everything, with tokenization
  public record Timings(
      double resizeMs, double encodeMs, double prefillMs, double decodeMs, double totalMs) {}
}
