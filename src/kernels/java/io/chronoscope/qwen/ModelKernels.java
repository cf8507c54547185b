package io.chronoscope.qwen;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.qwen.position.MropePositions;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.position.VideoTokens;
import io.chronoscope.qwen.position.WindowPartition;
import io.chronoscope.vlm.Answer.TokenLogit;
import io.chronoscope.vlm.EncodedPair;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What the host computes for the model, in the shapes of the 3B checkpoint.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ModelKernels {

  private static final long SEED = 7;
  private static final int VOCABULARY = 151_936;
  private static final int REPORTED_LOGITS = 10;
  private static final int HIDDEN = 2048;
  private static final int PAIRS = 30;
  private static final double MIN_SIMILARITY = 0.9;

  private final TokenGrid grid = new TokenGrid(16, 16);
  private final FrameSize model = new FrameSize(448, 448);
  private final float[] logits = new float[VOCABULARY];
  private final List<EncodedPair> pairs = new ArrayList<>();
  private Picture fullHd;

  @Setup
  public void prepare() {
    Random random = new Random(SEED);
    fullHd = Picture.allocate(1920, 1080);
    byte[] noise = new byte[(int) fullHd.sizeBytes()];
    random.nextBytes(noise);
    fullHd.rgb().asByteBuffer().put(noise);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < 2; i++) {
      FloatBuffer rows =
          ByteBuffer.allocateDirect(grid.tokens() * HIDDEN * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      while (rows.hasRemaining()) {
        rows.put((float) random.nextGaussian());
      }
      pairs.add(new EncodedPair(grid.rows(), grid.columns(), rows.flip().asReadOnlyBuffer()));
    }
  }

  @TearDown
  public void free() {
    fullHd.close();
  }

  /// A frame of 1920×1080 to 448×448.
  @Benchmark
  public int resize() {
    try (Picture small = BicubicResize.resize(fullHd, model)) {
      return small.widthPx();
    }
  }

  /// The ten highest of a vocabulary's logits.
  @Benchmark
  public List<TokenLogit> topLogits() {
    return TopLogits.of(logits, REPORTED_LOGITS);
  }

  /// Positions of a prompt with 30 pairs of 16×16 tokens.
  @Benchmark
  public MropePositions positions() {
    return MropePositions.builder(2)
        .text(20)
        .video(new VideoTokens.All(grid, PAIRS), 1)
        .text(60)
        .build();
  }

  /// The windows of a frame of 728×1288.
  @Benchmark
  public WindowPartition windows() {
    return WindowPartition.of(new TokenGrid(26, 46), 4);
  }

  /// Compares the tokens of two pairs, none of which is left out.
  @Benchmark
  public int pruning() {
    return new TokenPruning(MIN_SIMILARITY).prune(pairs).size();
  }
}
