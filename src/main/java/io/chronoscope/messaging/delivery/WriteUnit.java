package io.chronoscope.messaging.delivery;

import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/// Records that are written as a whole or not at all.
sealed interface WriteUnit {

  /// A commit of a stream: its results and its state.
  record OfCommit(StreamCommit commit) implements WriteUnit {}

  /// The dead letter of a record that belongs to no stream.
  record OfRejection(DeadLetter letter) implements WriteUnit {}

  /// The chunk partition whose progress this advances.
  default TopicPartition partition() {
    return switch (this) {
      case OfCommit(var commit) -> ChunkOffsets.partition(commit.resumeFrom());
      case OfRejection(var letter) -> ChunkOffsets.partition(letter.origin());
    };
  }

  default String stream() {
    return switch (this) {
      case OfCommit(var commit) -> commit.stream();
      case OfRejection(var letter) -> letter.stream();
    };
  }

  default List<Result> results() {
    return switch (this) {
      case OfCommit(var commit) -> commit.results();
      case OfRejection(var letter) -> List.of(letter);
    };
  }

  /// For log lines and error messages.
  default String description() {
    return switch (this) {
      case OfCommit(var commit) -> "a commit of stream " + commit.stream();
      case OfRejection(var letter) -> "the dead letter for " + letter.origin();
    };
  }
}
