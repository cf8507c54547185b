package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import java.nio.ByteBuffer;

/// Does [MediaTask]s on segments in memory. The interface exchanges values only, so an
/// implementation may run in another process.
public interface MediaTaskRunner {

  /// @param stream whose segment it is: streams are served fairly
  /// @param media read from position to limit; not moved
  /// @throws UnreadableMediaException when the media cannot be read, or take more than they may
  void run(String stream, MediaTask task, ByteBuffer media, DecodeLimits limits, TaskSink sink)
      throws UnreadableMediaException;

  /// What a segment is, by its headers.
  default MediaProbe.Found probe(String stream, ByteBuffer media, DecodeLimits limits)
      throws UnreadableMediaException {
    CollectedOutput output = new CollectedOutput();
    run(stream, new MediaTask.Probe(), media, limits, output);
    return output.last(MediaProbe.Found.class);
  }

  /// The segment as a player of HTTP Live Streaming loads it.
  ///
  /// @throws NotPlayableException when a browser cannot play its video
  default PlayableSegment playable(String stream, ByteBuffer media, DecodeLimits limits)
      throws UnreadableMediaException, NotPlayableException {
    CollectedOutput output = new CollectedOutput();
    run(stream, new MediaTask.Fragment(), media, limits, output);
    output.requirePlayable();
    int initialization = output.last(TaskOutput.Fragments.class).initializationBytes();
    ByteBuffer bytes = output.takeBytes();
    return new PlayableSegment(
        bytes.slice(0, initialization),
        bytes.slice(initialization, bytes.limit() - initialization));
  }
}
