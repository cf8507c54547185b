package io.chronoscope.analysis.window;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.sampling.ActivityMeter;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.PictureComparison;
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

/// What each sampled frame of 448×448 costs before the model: is it new, and how much has changed?
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PictureKernels {

  private static final FrameSize SIZE = new FrameSize(448, 448);
  private static final long SEED = 7;

  private final ActivityMeter meter = new ActivityMeter();
  private final PictureComparison near = new PictureComparison(2);
  private Picture picture;
  private Picture equal;
  private FramePairs.Pair pair;

  @Setup
  public void prepare() {
    byte[] noise = new byte[3 * SIZE.widthPx() * SIZE.heightPx()];
    new Random(SEED).nextBytes(noise);
    picture = Picture.allocate(SIZE.widthPx(), SIZE.heightPx());
    picture.rgb().asByteBuffer().put(noise);
    equal = Picture.allocate(SIZE.widthPx(), SIZE.heightPx());
    equal.rgb().asByteBuffer().put(noise);
    pair = new FramePairs(List.of(frame(0, picture), frame(500_000, equal))).pairs().getFirst();
  }

  private static SampledFrame frame(long micros, Picture picture) {
    return new SampledFrame(
        micros, micros, 0, picture, new ChunkOrigin("video.chunks", 0, 0), SIZE);
  }

  @TearDown
  public void free() {
    picture.close();
    equal.close();
  }

  /// Of two equal pictures, which is the longest comparison.
  @Benchmark
  public boolean comparison() {
    return PictureComparison.EXACT.same(picture, equal);
  }

  /// The same with a tolerance.
  @Benchmark
  public boolean nearComparison() {
    return near.same(picture, equal);
  }

  /// The digest of a frame pair, by which pictures that come back are recognized.
  @Benchmark
  public Object pairContent() {
    return PairContent.of("stream", pair, SIZE);
  }

  /// What has changed since the picture before.
  @Benchmark
  public double activity() {
    return meter.changeTo(picture);
  }
}
