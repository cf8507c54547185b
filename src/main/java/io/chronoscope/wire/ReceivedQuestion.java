package io.chronoscope.wire;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import java.time.Instant;
import java.util.Optional;

/// A record of the questions topic, as far as it could be read.
public sealed interface ReceivedQuestion {

  record Valid(Question question) implements ReceivedQuestion {}

  /// A question that cannot be answered as asked; the answer under its id says why.
  ///
  /// @param stream the partition's name when it could not be read or is too long
  /// @param text empty when it could not be read or is too long
  /// @param problem names the field
  record Invalid(
      String id,
      String stream,
      String text,
      Optional<Instant> from,
      Optional<Instant> to,
      String problem)
      implements ReceivedQuestion {}

  /// A record without a usable id or object, so that nobody can be answered: a dead letter.
  ///
  /// @param partition the partition's name, in place of a stream
  record Unreadable(String partition, ChunkOrigin at, Rejection rejection)
      implements ReceivedQuestion {}
}
