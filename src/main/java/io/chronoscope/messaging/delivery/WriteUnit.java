package io.chronoscope.messaging.delivery;

import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/// What is written as a whole.
sealed interface WriteUnit {

  /// A stream's step.
  record OfStep(StreamCommit step) implements WriteUnit {}

  /// The dead letter of a record that belongs to no stream.
  record OfRecord(DeadLetter letter) implements WriteUnit {}

  /// The chunks' partition that it came from.
  default TopicPartition partition() {
    return switch (this) {
      case OfStep(var step) -> ChunkOffsets.partition(step.resumeFrom());
      case OfRecord(var letter) -> ChunkOffsets.partition(letter.origin());
    };
  }

  default String stream() {
    return switch (this) {
      case OfStep(var step) -> step.stream();
      case OfRecord(var letter) -> letter.stream();
    };
  }

  default List<Result> results() {
    return switch (this) {
      case OfStep(var step) -> step.results();
      case OfRecord(var letter) -> List.of(letter);
    };
  }

  /// For messages.
  default String inWords() {
    return switch (this) {
      case OfStep(var step) -> "a step of stream " + step.stream();
      case OfRecord(var letter) -> "the dead letter for " + letter.origin();
    };
  }
}
