package io.chronoscope.wire;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import java.time.Instant;
import java.util.Optional;

/// What a record on the questions' topic says.
public sealed interface QuestionAsked {

  record Understood(Question question) implements QuestionAsked {}

  /// Somebody waits for an answer under this id, but there is something wrong with the question.
  ///
  /// @param stream as far as it could be read and is not too long; else the partition's name
  /// @param text as far as it could be read and is not too long; else empty
  /// @param problem names the field
  record Wrong(
      String id,
      String stream,
      String text,
      Optional<Instant> from,
      Optional<Instant> to,
      String problem)
      implements QuestionAsked {}

  /// Nobody can be answered.
  ///
  /// @param where the partition's name, in the place of a stream
  record Unreadable(String where, ChunkOrigin at, Rejection rejection) implements QuestionAsked {}
}
