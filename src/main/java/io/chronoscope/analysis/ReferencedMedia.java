package io.chronoscope.analysis;

import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamInput.Media;
import java.nio.ByteBuffer;

/// Fetches media that a chunk only refers to. Called on the stream's own thread; may block.
@FunctionalInterface
public interface ReferencedMedia {

  /// Refuses every reference.
  ReferencedMedia NONE =
      reference -> {
        throw new UnreadableMediaException(
            Rejection.Reason.REFERENCE_FORBIDDEN,
            "no place is configured from which chunks may be fetched: " + reference.uri());
      };

  /// The bytes, whose size and digest are those of the reference.
  ///
  /// @throws UnreadableMediaException when it may not be followed, leads nowhere, or to other bytes
  ByteBuffer fetch(Media.Reference reference) throws UnreadableMediaException;
}
