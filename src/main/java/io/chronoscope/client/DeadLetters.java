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
import io.chronoscope.wire.Rfc3339;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads the dead-letter topic: the dead letters, and which of them were redriven. For use by one
/// thread.
public final class DeadLetters {

  private final Map<String, Letter> letters = new HashMap<>();
  private final Map<String, RedriveMark> marks = new HashMap<>();

  /// Where the dead letters themselves are, by id.
  private final Map<String, ChunkOrigin> places = new HashMap<>();

  DeadLetters() {}

  /// A dead letter as read from the topic.
  ///
  /// @param id `topic/partition/offset` of the rejected record
  /// @param at when the dead letter was written
  /// @param sizeBytes size of the rejected record's value, if known
  /// @param reference where the media are stored, when the record is a claim check
  /// @param redriveOf id of the dead letter for which the record itself had been redriven
  /// @param redriven the last redrive of the record
  /// @param json the value of the dead letter's record
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

    /// `redriven` or `refused`.
    public String state() {
      return redriven.isPresent() ? "redriven" : "refused";
    }

    /// As on the topic, with what is known of the rejected record.
    ///
    /// @param retained whether the rejected record is still on its topic
    public ObjectNode describe(boolean retained) {
      ObjectNode described = json.deepCopy();
      described.put("refusedAt", Rfc3339.format(at));
      described.put("recordRetained", retained);
      described.put("state", state());
      redriven.ifPresent(mark -> described.set("redriven", mark.json()));
      return described;
    }
  }

  /// Reads the whole topic.
  ///
  /// @return by id, ordered by the time of writing
  /// @throws IllegalArgumentException when the topic does not exist
  public static Map<String, Letter> read(Map<String, Object> kafka, String topic) {
    DeadLetters read = new DeadLetters();
    TopicReader.readWhole(kafka, topic, read::add);
    return read.letters();
  }

  /// Adds a record of the topic.
  void add(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return;
    }
    try {
      if (RedriveMark.isMark(record)) {
        RedriveMark mark = RedriveMark.read(record.value());
        marks.merge(mark.letter(), mark, (a, b) -> b.at().isBefore(a.at()) ? a : b);
      } else if (ResultEnvelope.read(record) instanceof DeadLetter letter) {
        letters.put(letter.id(), letter(record, letter));
        places.put(
            letter.id(), new ChunkOrigin(record.topic(), record.partition(), record.offset()));
      }
    } catch (MalformedRecordException e) {
      // Not written by this program; it names no record that could be redriven.
    }
  }

  /// Forgets what the topic no longer retains.
  ///
  /// @param beginnings the first offset of each partition
  void forgetBelow(Map<TopicPartition, Long> beginnings) {
    places
        .entrySet()
        .removeIf(place -> {
          ChunkOrigin at = place.getValue();
          long first = beginnings.getOrDefault(new TopicPartition(at.topic(), at.partition()), 0L);
          if (at.offset() >= first) {
            return false;
          }
          letters.remove(place.getKey());
          marks.remove(place.getKey());
          return true;
        });
  }

  /// By id, ordered by the time of writing.
  Map<String, Letter> letters() {
    Map<String, Letter> inOrder = new LinkedHashMap<>();
    letters.values().stream()
        .sorted(Comparator.comparing(Letter::at).thenComparing(Letter::id))
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
