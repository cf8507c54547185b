package io.chronoscope.analysis;

import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import java.nio.ByteBuffer;

/// Fetches the media of chunks sent by reference. Called on the stream's own thread; may block.
@FunctionalInterface
public interface ReferencedMedia {

  /// Rejects every reference.
  ReferencedMedia NONE =
      reference -> {
        throw new UnreadableMediaException(
            Rejection.Reason.REFERENCE_FORBIDDEN,
            "no source is configured from which media may be fetched: " + reference.uri());
      };

  /// @return the bytes, verified against the size and digest of the reference
  /// @throws UnreadableMediaException when the reference is forbidden, its target is missing, or
  ///   the target has other bytes
  ByteBuffer fetch(Media.Reference reference) throws UnreadableMediaException;

  /// Fetches media and uses them. A source that bounds the memory of fetched media counts them
  /// until `use` is done.
  ///
  /// @throws UnreadableMediaException as [#fetch], or of `use`
  default <T> T use(Media.Reference reference, Use<T> use) throws UnreadableMediaException {
    return use.of(fetch(reference));
  }

  /// What is done with media.
  @FunctionalInterface
  interface Use<T> {
    T of(ByteBuffer media) throws UnreadableMediaException;
  }
}
