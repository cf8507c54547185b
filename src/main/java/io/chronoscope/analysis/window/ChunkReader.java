package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ReferencedMedia;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaDecoder.SelectiveSink;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.sampling.FrameBudget;
import io.chronoscope.sampling.FrameSampler;
import io.chronoscope.sampling.RepeatedPictures;
import io.chronoscope.sampling.SampleGrid;
import io.chronoscope.shedding.DetailLevel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Decodes a stream's chunks one after the other and samples the frames on the stream's candidate
/// grid, resized for the model. A chunk yields all of its sampled frames or, when it cannot be
/// decoded to its end, none. For use by one thread at a time.
public final class ChunkReader {

  private final MediaDecoder decoder;
  private final ReferencedMedia references;
  private final AnalysisSettings settings;
  private final BatchedModel model;
  private final long maxPixels;
  private final SampleGrid grid;
  private final RepeatedPictures resizer = new RepeatedPictures(this::atModelSize);
  private final FrameSampler sampler;

  /// @param streamStartMicros the stream's start in epoch microseconds; anchors the grid
  public ChunkReader(WindowTools tools, AnalysisSettings settings, long streamStartMicros) {
    this.decoder = tools.decoder();
    this.references = tools.references();
    this.model = tools.model();
    this.settings = settings;
    this.maxPixels =
        FrameBudget.maxPixels(
            settings.sampling(), settings.windows().length(), settings.maxFramePixels());
    this.grid = settings.sampling().candidates(streamStartMicros);
    this.sampler = new FrameSampler(grid, resizer);
  }

  /// @param frames their pictures are owned by the caller
  public record Read(MediaFacts facts, List<SampledFrame> frames) {}

  public SampleGrid grid() {
    return grid;
  }

  /// Skips frames before `micros` (epoch microseconds).
  public void skipBefore(long micros) {
    sampler.skipBefore(micros);
  }

  /// The sampler's position between two chunks.
  public FrameSampler.Position position() {
    return sampler.position();
  }

  /// Resumes where a reader of the same stream stood.
  public void goTo(FrameSampler.Position position) {
    sampler.resumeAt(position);
  }

  /// Reads a chunk at full detail.
  ///
  /// @param chunkStartMicros epoch microseconds
  /// @throws UnreadableMediaException when the media cannot be fetched or decoded; the position is
  ///   then as before
  public Read read(Chunk chunk, long chunkStartMicros) throws UnreadableMediaException {
    return read(chunk, chunkStartMicros, DetailLevel.FULL);
  }

  /// Reads a chunk for windows that are analyzed at some level of detail: samples no more frames
  /// than such a window can be shown.
  ///
  /// @param chunkStartMicros epoch microseconds
  /// @throws UnreadableMediaException when the media cannot be fetched or decoded; the position is
  ///   then as before
  public Read read(Chunk chunk, long chunkStartMicros, DetailLevel detail)
      throws UnreadableMediaException {
    FrameSampler.Position before = sampler.position();
    List<SampledFrame> frames = new ArrayList<>();
    boolean whole = false;
    try {
      SelectiveSink sink =
          sampler.sinkForChunk(
              chunkStartMicros,
              chunk.origin(),
              chunk.recordTime().toEpochMilli(),
              settings.sampling().candidateDivisor(detail.fpsDivisor()),
              frames);
      MediaFacts facts =
          switch (chunk.media()) {
            case Media.Inline inline -> decode(chunk, inline.bytes(), sink);
            case Media.Reference reference ->
                references.use(reference, bytes -> decode(chunk, bytes, sink));
          };
      whole = true;
      return new Read(asDeclared(facts, chunk), frames);
    } catch (IllegalArgumentException e) {
      throw new UnreadableMediaException(
          Rejection.Reason.PICTURE_TOO_NARROW, "no size for the model: " + e.getMessage());
    } finally {
      resizer.close();
      if (!whole) {
        frames.forEach(frame -> frame.picture().close());
        sampler.resumeAt(before);
      }
    }
  }

  /// What a chunk is shorter by than its envelope declares, or damaged.
  private MediaFacts asDeclared(MediaFacts facts, Chunk chunk) {
    return chunk
        .declaredDuration()
        .map(declared ->
            facts.lasting(declared.toNanos() / 1000).withDamageUpTo(settings.decode().maxDamage()))
        .orElse(facts);
  }

  private MediaFacts decode(Chunk chunk, ByteBuffer bytes, SelectiveSink sink)
      throws UnreadableMediaException {
    return decoder.decode(
        chunk.stream(),
        bytes,
        settings.decode().withStatedDuration(chunk.declaredDuration()),
        sink);
  }

  private Picture atModelSize(Picture picture) {
    FrameSize size = model.frameSize(sizeOf(picture), maxPixels);
    return size.equals(sizeOf(picture)) ? picture : model.resize(picture, size);
  }

  public static FrameSize sizeOf(Picture picture) {
    return picture.size();
  }
}
