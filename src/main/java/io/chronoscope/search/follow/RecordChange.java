package io.chronoscope.search.follow;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.TopicChange;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RedriveMark;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Reads what a record changes.
final class RecordChange {

  private RecordChange() {}

  /// @param topic the record's
  /// @return empty for what is no result: redrive marks, tombstones of dead letters
  /// @throws MalformedRecordException when another program wrote the record, or it is damaged
  static Optional<TopicChange> of(Topic topic, ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      // A dead letter's key is its stream, which says nothing about one dead letter.
      return record.key() == null || topic == Topic.DEAD_LETTERS
          ? Optional.empty()
          : Optional.of(
              new TopicChange.Removed(topic, new String(record.key(), StandardCharsets.UTF_8)));
    }
    if (RedriveMark.isMark(record)) {
      return Optional.empty();
    }
    return Optional.of(
        new TopicChange.Published(
            new PublishedResult(
                ResultEnvelope.read(record),
                new String(record.value(), StandardCharsets.UTF_8),
                new ChunkOrigin(record.topic(), record.partition(), record.offset()),
                Instant.ofEpochMilli(Math.max(0, record.timestamp())))));
  }
}
