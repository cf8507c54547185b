package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.sampling.FrameBudget;
import io.chronoscope.sampling.FrameSampler;
import io.chronoscope.sampling.SampleGrid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads a stream's chunks one after the other: decodes each and takes the frames that are on the
/// stream's candidate grid, at the size at which the model takes them. A chunk gives all of its
/// frames or, when it cannot be read to its end, none.
public final class ChunkReader {

  private final MediaDecoder decoder;
  private final ReferencedMedia references;
  private final AnalysisSettings settings;
  private final BatchedModel model;
  private final long maxPixels;
  private final SampleGrid grid;
  private final FrameSampler sampler;

  /// @param streamStartMicros absolute; anchors the grid
  public ChunkReader(AnalysisTools tools, AnalysisSettings settings, long streamStartMicros) {
    this(tools.decoder(), tools.references(), settings, tools.model(), streamStartMicros);
  }

  /// @param streamStartMicros absolute; anchors the grid
  public ChunkReader(
      MediaDecoder decoder,
      ReferencedMedia references,
      AnalysisSettings settings,
      BatchedModel model,
      long streamStartMicros) {
    this.decoder = decoder;
    this.references = references;
    this.settings = settings;
    this.model = model;
    this.maxPixels =
        FrameBudget.maxPixels(
            settings.sampling(), settings.windows().length(), settings.maxFramePixels());
    this.grid = SampleGrid.of(streamStartMicros, settings.sampling().candidateFps());
    this.sampler = new FrameSampler(grid, this::atModelSize);
  }

  /// @param frames owned by the receiver
  public record Read(MediaFacts facts, List<SampledFrame> frames) {}

  public SampleGrid grid() {
    return grid;
  }

  /// Leaves out what is before `micros` (absolute).
  public void skipBefore(long micros) {
    sampler.skipBefore(micros);
  }

  /// Between two chunks.
  public FrameSampler.Position position() {
    return sampler.position();
  }

  /// Goes on as a reader of the same stream did there.
  public void goTo(FrameSampler.Position position) {
    sampler.goTo(position);
  }

  public Read read(Chunk chunk, long chunkStartMicros) throws UnreadableMediaException {
    FrameSampler.Position before = sampler.position();
    List<SampledFrame> frames = new ArrayList<>();
    boolean whole = false;
    try {
      MediaFacts facts =
          decoder.decode(
              bytes(chunk.media()),
              settings.decode(),
              sampler.chunk(
                  chunkStartMicros,
                  chunk.origin(),
                  chunk.recordTime().toEpochMilli(),
                  frames::add));
      whole = true;
      return new Read(facts, frames);
    } catch (IllegalArgumentException e) {
      throw new UnreadableMediaException(
          Rejection.Reason.PICTURE_TOO_LARGE, "no size for the model: " + e.getMessage());
    } finally {
      if (!whole) {
        frames.forEach(frame -> frame.picture().close());
        sampler.goTo(before);
      }
    }
  }

  private ByteBuffer bytes(Media media) throws UnreadableMediaException {
    return switch (media) {
      case Media.Inline inline -> inline.bytes();
      case Media.Reference reference -> references.fetch(reference);
    };
  }

  private Picture atModelSize(Picture picture) {
    FrameSize size = model.frameSize(sizeOf(picture), maxPixels);
    return size.equals(sizeOf(picture)) ? picture : model.resize(picture, size);
  }

  public static FrameSize sizeOf(Picture picture) {
    return new FrameSize(picture.widthPx(), picture.heightPx());
  }
}
