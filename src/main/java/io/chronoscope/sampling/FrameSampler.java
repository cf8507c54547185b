package io.chronoscope.sampling;

import io.chronoscope.decode.MediaDecoder.FrameSink;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.SampledFrame;
import java.util.function.Consumer;

/// Takes a stream's candidate frames: for each time of the grid the frame that is on screen then.
/// One sampler sees all chunks of one stream in their order; it is used by one thread at a time.
///
/// - Samples only move forward: a frame that covers no grid time after the last one taken is passed
///   over, so a chunk that comes twice, or overlaps its predecessor, adds nothing.
/// - Where no frame covers a grid time (a gap between chunks) nothing is invented.
/// - A frame that covers several grid times stands for each of them; the pixels are shared.
public final class FrameSampler {

  /// Containers and envelopes round times to milliseconds. A frame that begins this much after a
  /// grid time counts as being on screen at it, else rounding would decide between two frames
  /// wherever frame times and grid times coincide, which they usually do.
  static final long ROUNDING_MICROS = 1_000;

  /// Gaps up to this long between two frames come from rounded chunk times, not from missing video.
  static final long GAP_MICROS = 5_000;

  private final SampleGrid candidates;
  private final FrameResizer resizer;
  private long nextIndex;
  private long shownUntilMicros = Long.MIN_VALUE / 2; // long before any video

  /// @param candidates the grid at the highest rate that may be wanted
  public FrameSampler(SampleGrid candidates, FrameResizer resizer) {
    this.candidates = candidates;
    this.resizer = resizer;
  }

  /// Leaves out all grid times before `timeMicros` (absolute), as when a stream is taken up again.
  public void skipBefore(long timeMicros) {
    nextIndex = Math.max(nextIndex, candidates.indexAtOrAfter(timeMicros));
  }

  /// Between two chunks: all that the next one's frames depend on.
  ///
  /// @param nextIndex number of the next grid time that has not been taken
  /// @param shownUntilMicros until when the last frame was shown, absolute
  public record Position(long nextIndex, long shownUntilMicros) {}

  public Position position() {
    return new Position(nextIndex, shownUntilMicros);
  }

  /// Goes on from where a sampler of the same grid was.
  public void goTo(Position position) {
    nextIndex = position.nextIndex();
    shownUntilMicros = position.shownUntilMicros();
  }

  /// Where the decoder puts the frames of the next chunk.
  ///
  /// @param startMicros absolute time of the chunk's time zero
  /// @param recordMillis when the chunk's record was written, since the epoch
  /// @param sink receives the sampled frames with rising `gridMicros`, and owns their pictures
  public FrameSink chunk(
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
        take(
            startMicros + fromMicros,
            startMicros + untilMicros,
            picture,
            origin,
            recordMillis,
            sink);
      }
    };
  }

  /// The first grid time, not yet taken, at or after which a frame that begins at `from` is shown.
  private long firstCovered(long from) {
    boolean joins = from > shownUntilMicros && from - shownUntilMicros <= GAP_MICROS;
    long begin = (joins ? shownUntilMicros : from) - ROUNDING_MICROS;
    return candidates.timeMicros(Math.max(nextIndex, candidates.indexAtOrAfter(begin)));
  }

  private void take(
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
