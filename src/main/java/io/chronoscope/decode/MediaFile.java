package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// An open media file, for [MediaTask]s. For use by the thread that opened it.
public interface MediaFile extends AutoCloseable {

  /// @throws UnreadableMediaException when the file cannot be read, or takes more than it may
  void run(MediaTask task, DecodeLimits limits, TaskSink sink) throws UnreadableMediaException;

  /// What the file is, by its headers.
  default MediaProbe.Found probe() throws UnreadableMediaException {
    CollectedOutput output = new CollectedOutput();
    run(new MediaTask.Probe(), DecodeLimits.PICTURE_SIZE_ONLY, output);
    return output.last(MediaProbe.Found.class);
  }

  /// Reads the file's packets.
  ///
  /// @see MediaCutter#overview
  default MediaCutter.Overview overview(OptionalDouble statedFps) throws UnreadableMediaException {
    CollectedOutput output = new CollectedOutput();
    run(new MediaTask.Survey(statedFps), DecodeLimits.PICTURE_SIZE_ONLY, output);
    return output.last(MediaCutter.Overview.class);
  }

  /// Cuts the file.
  ///
  /// @return the number of segments
  /// @see MediaCutter#cut
  default int cut(Duration target, OptionalDouble statedFps, Consumer<MediaSegment> sink)
      throws UnreadableMediaException {
    CollectedSegments segments = new CollectedSegments(sink);
    run(new MediaTask.Cut(target, statedFps), DecodeLimits.PICTURE_SIZE_ONLY, segments);
    return segments.count;
  }

  /// Cuts the file into segments that are encoded anew as H.264.
  ///
  /// @param settings of the encoding; nothing is waited for
  default void encode(LiveSettings settings, Consumer<MediaSegment> sink)
      throws UnreadableMediaException {
    run(
        new MediaTask.Encode(settings),
        DecodeLimits.PICTURE_SIZE_ONLY,
        new CollectedSegments(sink));
  }

  /// Joins the segments that lie one after the other in the file.
  ///
  /// @param written receives the clip's size now and then, and may throw to stop
  /// @param target receives the clip's bytes in order, each part valid during the call
  /// @throws NotPlayableException when a browser cannot play the video, and it is not encoded again
  default Clip join(
      MediaTask.Join join,
      DecodeLimits limits,
      LongConsumer written,
      Consumer<MemorySegment> target)
      throws UnreadableMediaException, NotPlayableException {
    CollectedOutput output =
        new CollectedOutput() {
          @Override
          public void bytes(MemorySegment bytes) {
            target.accept(bytes);
          }

          @Override
          public void made(TaskOutput made) {
            super.made(made);
            if (made instanceof TaskOutput.Written(long bytes)) {
              written.accept(bytes);
            }
          }
        };
    run(join, limits, output);
    output.requirePlayable();
    return output.last(Clip.class);
  }

  @Override
  void close();

  /// Puts segments together from their bytes and what is said of them.
  final class CollectedSegments extends CollectedOutput {

    private final Consumer<MediaSegment> sink;
    private int count;

    CollectedSegments(Consumer<MediaSegment> sink) {
      this.sink = sink;
    }

    @Override
    public void made(TaskOutput output) {
      super.made(output);
      TaskOutput.Segment segment = last(TaskOutput.Segment.class);
      count++;
      sink.accept(
          new MediaSegment(
              segment.index(),
              segment.start(),
              segment.duration(),
              segment.contentType(),
              takeBytes()));
    }
  }
}
