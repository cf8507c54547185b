package io.chronoscope.sampling;

import io.chronoscope.decode.MediaDecoder.Display;
import io.chronoscope.decode.MediaDecoder.SelectiveSink;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;

/// Samples a stream's candidate frames: for each time of a grid, the frame displayed then. One
/// sampler receives all chunks of a stream in order. Not thread-safe.
///
/// - Samples only move forward: a frame that covers no grid time after the last sampled one is
///   skipped, so a chunk that is duplicated, or overlaps its predecessor, adds nothing.
/// - A grid time that no frame covers (in a gap between chunks) gets no sample.
/// - A frame that covers several grid times is sampled for each of them; the pixels are shared.
public final class FrameSampler {

  /// Containers and envelopes round times to milliseconds. A frame that starts up to this long
  /// after a grid time still covers it. Otherwise rounding would decide between two frames wherever
  /// frame times and grid times coincide, which they usually do.
  static final long ROUNDING_MICROS = 1_000;

  /// A gap up to this long between two frames is due to rounded chunk times, not to missing video.
  static final long GAP_MICROS = 5_000;

  private final SampleGrid candidates;
  private final FrameResizer resizer;
  private long nextIndex;
  private long shownUntilMicros = Long.MIN_VALUE / 2; // before any video

  /// @param candidates the grid at the highest rate that may be chosen
  public FrameSampler(SampleGrid candidates, FrameResizer resizer) {
    this.candidates = candidates;
    this.resizer = resizer;
  }

  /// Skips all grid times before `timeMicros` (absolute), as when a stream resumes.
  public void skipBefore(long timeMicros) {
    nextIndex = Math.max(nextIndex, candidates.indexAtOrAfter(timeMicros));
  }

  /// The sampler's state between two chunks.
  ///
  /// @param nextIndex number of the next grid time to sample
  /// @param shownUntilMicros end of the last frame, absolute
  public record Position(long nextIndex, long shownUntilMicros) {}

  public Position position() {
    return new Position(nextIndex, shownUntilMicros);
  }

  /// Resumes at the position of a sampler with the same grid.
  public void resumeAt(Position position) {
    nextIndex = position.nextIndex();
    shownUntilMicros = position.shownUntilMicros();
  }

  /// A sink for the decoded frames of the next chunk.
  ///
  /// @param startMicros absolute time of the chunk's time zero
  /// @param recordMillis timestamp of the chunk's record, milliseconds since the epoch
  /// @param everyNth samples only every n-th time of the grid, counted from its anchor
  /// @param sampled receives the sampled frames with ascending `gridMicros`; the caller owns their
  ///   pictures
  public SelectiveSink sinkForChunk(
      long startMicros,
      ChunkOrigin origin,
      long recordMillis,
      int everyNth,
      List<SampledFrame> sampled) {
    return new ChunkSink(startMicros, origin, recordMillis, everyNth, sampled);
  }

  private final class ChunkSink implements SelectiveSink {

    private final long startMicros;
    private final ChunkOrigin origin;
    private final long recordMillis;
    private final int everyNth;
    private final List<SampledFrame> sampled;
    private final Position before = position();

    ChunkSink(
        long startMicros,
        ChunkOrigin origin,
        long recordMillis,
        int everyNth,
        List<SampledFrame> sampled) {
      this.startMicros = startMicros;
      this.origin = origin;
      this.recordMillis = recordMillis;
      this.everyNth = everyNth;
      this.sampled = sampled;
    }

    @Override
    public BitSet select(List<Display> displays) {
      BitSet selected = new BitSet();
      Position at = position();
      for (int i = 0; i < displays.size(); i++) {
        long from = startMicros + displays.get(i).fromMicros();
        long until = startMicros + displays.get(i).untilMicros();
        List<Long> covered = covered(at, from, until);
        selected.set(i, !covered.isEmpty());
        at = after(at, covered, until);
      }
      return selected;
    }

    @Override
    public void restart() {
      sampled.forEach(frame -> frame.picture().close());
      sampled.clear();
      resumeAt(before);
    }

    @Override
    public boolean wants(long fromMicros, long untilMicros) {
      long until = startMicros + untilMicros;
      List<Long> covered = covered(position(), startMicros + fromMicros, until);
      if (covered.isEmpty()) {
        resumeAt(after(position(), covered, until));
      }
      return !covered.isEmpty();
    }

    @Override
    public void frame(long fromMicros, long untilMicros, Picture picture) {
      long from = startMicros + fromMicros;
      long until = startMicros + untilMicros;
      List<Long> covered = covered(position(), from, until);
      resumeAt(after(position(), covered, until));
      FrameSize original = picture.size();
      try (Picture sized = resized(picture)) {
        for (long index : covered) {
          sampled.add(
              new SampledFrame(
                  candidates.timeMicros(index),
                  from,
                  recordMillis,
                  sized.share(),
                  origin,
                  original));
        }
      }
    }

    private Picture resized(Picture picture) {
      Picture sized;
      try {
        sized = resizer.resize(picture);
      } catch (RuntimeException e) {
        picture.close();
        throw e;
      }
      if (sized != picture) {
        picture.close();
      }
      return sized;
    }

    /// The numbers of the grid times, not sampled yet, that a frame covers.
    ///
    /// @param from absolute
    private List<Long> covered(Position at, long from, long until) {
      boolean adjoins = from > at.shownUntilMicros && from - at.shownUntilMicros <= GAP_MICROS;
      long start = (adjoins ? at.shownUntilMicros : from) - ROUNDING_MICROS;
      long first = Math.max(at.nextIndex, candidates.indexAtOrAfter(start));
      return LongStream.iterate(
              Math.ceilDiv(first, (long) everyNth) * everyNth, index -> index + everyNth)
          .takeWhile(index -> candidates.timeMicros(index) < until - ROUNDING_MICROS)
          .boxed()
          .toList();
    }
  }

  private static Position after(Position before, List<Long> sampled, long until) {
    return new Position(
        sampled.isEmpty() ? before.nextIndex : sampled.getLast() + 1,
        Math.max(before.shownUntilMicros, until));
  }
}
