package io.chronoscope.messaging.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.wire.RecordedRecord;
import io.chronoscope.wire.RecordedRecord.From;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/// Reads the states that the program wrote before the refactoring (`src/test/resources/recorded`)
/// and writes them back equal to the byte.
class RecordedStatesTest {

  private static final List<RecordedRecord> RECORDED =
      RecordedRecord.of(TopicNames.DEFAULT.of(Topic.STATE));

  @Test
  void writesEachStateBackUnchanged() {
    int number = 0;
    for (RecordedRecord line : RECORDED) {
      String where =
          "%s.jsonl:%d: %s".formatted(TopicNames.DEFAULT.of(Topic.STATE), ++number, line.line());
      ProducerRecord<String, byte[]> written;
      try {
        written = rewritten(line.record());
      } catch (RuntimeException e) {
        throw new AssertionError("cannot be read: " + where, e);
      }
      assertThat(RecordedRecord.bytes(RecordedRecord.sent(written)))
          .as(where)
          .isEqualTo(line.bytes());
      assertThat(written.partition()).as(where).isEqualTo(line.partition().orElseThrow());
    }
  }

  @Test
  void writesTheSamplesAsTheyWereRecorded() {
    assertThat(RecordedStates.samples().stream().map(RecordedRecord::line))
        .containsExactlyElementsOf(
            RECORDED.stream()
                .filter(line -> line.from() == From.SAMPLE)
                .map(RecordedRecord::line)
                .toList());
  }

  @Test
  void holdsMarksWithAndWithoutStateAndTheirEnds() {
    for (From from : From.values()) {
      List<ConsumerRecord<byte[], byte[]>> records =
          RECORDED.stream()
              .filter(line -> line.from() == from)
              .map(RecordedRecord::record)
              .toList();
      assertThat(records).anyMatch(record -> record.value() == null);
      assertThat(records)
          .filteredOn(record -> record.value() != null)
          .extracting(record -> StateRecord.parse(record.value()).state().isPresent())
          .contains(true, false);
    }
  }

  private static ProducerRecord<String, byte[]> rewritten(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null
        ? RecordedStates.gone(record.partition(), new String(record.key(), UTF_8))
        : RecordedStates.mark(StateRecord.parse(record.value()));
  }
}
