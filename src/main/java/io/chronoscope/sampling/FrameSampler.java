package io.chronoscope.sampling;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.util.function.Consumer;

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
  /// @param sink receives the sampled frames with ascending `gridMicros`, and owns their pictures
  public FrameSink sinkForChunk(
      long startMicros, ChunkOrigin origin, long recordMillis, Consumer<SampledFrame> sink) {
    return new FrameSink() {
      @Override
      public boolean wants(long fromMicros, long untilMicros) {
        long from = startMicros + fromMicros;
        long until = startMicros + untilMicros;
        boolean covers = firstCovered(from) < until - ROUNDING_MICROS;
        if (!covers) {
          shownUntilMicros = Math.max(shownUntilMicros, until);
        }
        return covers;
      }

      @Override
      public void frame(long fromMicros, long untilMicros, Picture picture) {
        sample(
            startMicros + fromMicros,
            startMicros + untilMicros,
            picture,
            origin,
            recordMillis,
            sink);
      }
    };
  }

  /// The first grid time, not sampled yet, that a frame starting at `from` may cover.
  private long firstCovered(long from) {
    boolean adjoins = from > shownUntilMicros && from - shownUntilMicros <= GAP_MICROS;
    long start = (adjoins ? shownUntilMicros : from) - ROUNDING_MICROS;
    return candidates.timeMicros(Math.max(nextIndex, candidates.indexAtOrAfter(start)));
  }

  private void sample(
      long from,
      long until,
      Picture picture,
      ChunkOrigin origin,
      long recordMillis,
      Consumer<SampledFrame> sink) {
    long first = firstCovered(from);
    shownUntilMicros = Math.max(shownUntilMicros, until);
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
    try (Picture held = sized) {
      long index = candidates.indexAtOrAfter(first);
      for (long grid = first; grid < until - ROUNDING_MICROS; grid = candidates.timeMicros(index)) {
        nextIndex = ++index;
        sink.accept(new SampledFrame(grid, from, recordMillis, held.share(), origin));
      }
    }
  }
}
