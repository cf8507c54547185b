package io.chronoscope.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.wire.ChunkReference;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RedriveMark;
import io.chronoscope.wire.ResultEnvelope;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// The dead letters of a topic, and which of them were redriven.
public final class DeadLetters {

  private DeadLetters() {}

  /// A dead letter as it was found.
  ///
  /// @param id `topic/partition/offset` of the refused record
  /// @param at when it was written
  /// @param sizeBytes of the refused record's value, where it was known
  /// @param reference where the media lie, when the record is a claim check
  /// @param redriveOf the letter for which the record had been sent again
  /// @param redriven the last time it was sent again
  /// @param json as it lies on the topic
  public record Letter(
      String id,
      DeadLetter letter,
      Instant at,
      OptionalLong sizeBytes,
      Optional<Media.Reference> reference,
      Optional<String> redriveOf,
      Optional<RedriveMark> redriven,
      JsonNode json) {

    public ChunkOrigin origin() {
      return letter.origin();
    }
  }

  /// Reads the whole topic.
  ///
  /// @return by id, in the order in which they were written
  /// @throws IllegalArgumentException when the topic does not exist
  public static Map<String, Letter> read(Map<String, Object> kafka, String topic) {
    Map<String, Letter> letters = new HashMap<>();
    Map<String, RedriveMark> marks = new HashMap<>();
    TopicReader.readWhole(
        kafka,
        topic,
        record -> {
          if (record.value() == null) {
            return;
          }
          try {
            if (RedriveMark.isMark(record)) {
              RedriveMark mark = RedriveMark.read(record.value());
              marks.merge(mark.letter(), mark, (a, b) -> b.at().isBefore(a.at()) ? a : b);
            } else if (ResultEnvelope.read(record) instanceof DeadLetter letter) {
              letters.put(letter.id(), letter(record, letter));
            }
          } catch (MalformedRecordException e) {
            // Somebody else's record; it names nothing that could be sent again.
          }
        });
    Map<String, Letter> inOrder = new LinkedHashMap<>();
    letters.values().stream()
        .sorted(java.util.Comparator.comparing(Letter::at).thenComparing(Letter::id))
        .forEach(one -> inOrder.put(one.id(), with(one, Optional.ofNullable(marks.get(one.id())))));
    return inOrder;
  }

  /// The fields of a dead letter that are absent when the record was not at hand.
  private record Details(
      OptionalLong sizeBytes, Optional<ChunkReference> reference, Optional<String> redriveOf) {}

  private static Letter letter(ConsumerRecord<byte[], byte[]> record, DeadLetter letter) {
    ObjectNode json = Json.parse(record.value());
    Details details = Json.read(json, Details.class);
    return new Letter(
        letter.id(),
        letter,
        Instant.ofEpochMilli(Math.max(0, record.timestamp())),
        details.sizeBytes(),
        details.reference().map(ChunkReference::toMedia),
        details.redriveOf(),
        Optional.empty(),
        json);
  }

  private static Letter with(Letter letter, Optional<RedriveMark> mark) {
    return new Letter(
        letter.id,
        letter.letter,
        letter.at,
        letter.sizeBytes,
        letter.reference,
        letter.redriveOf,
        mark,
        letter.json);
  }
}
