package io.chronoscope.wire;

import io.chronoscope.domain.SourceClock;
import io.chronoscope.domain.StreamInput.Media;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Builds the records that producers send to the chunks topic; [ChunkEnvelope] reads them.
public final class ChunkRecords {

  private ChunkRecords() {}

  /// A chunk that carries its media, which are not copied.
  ///
  /// @param source the `ce_source`: identifies the sender
  /// @param start absolute time of the segment's presentation time zero
  public static ProducerRecord<String, byte[]> chunk(
      String topic,
      URI source,
      String stream,
      long sequence,
      Instant start,
      Duration duration,
      String contentType,
      byte[] media) {
    return record(
        topic,
        event(source, stream, sequence, start, duration, InputType.CHUNK)
            .withData(contentType, new MediaData(media)));
  }

  /// A chunk of a live source.
  ///
  /// @param id the `ce_id`; the same when the chunk is sent again
  /// @param clock that `start` comes from
  /// @see #chunk(String, URI, String, long, Instant, Duration, String, byte[])
  public static ProducerRecord<String, byte[]> live(
      String topic,
      URI source,
      String id,
      String stream,
      long sequence,
      Instant start,
      Duration duration,
      SourceClock clock,
      String contentType,
      byte[] media) {
    return record(
        topic,
        event(source, stream, sequence, start, duration, InputType.CHUNK)
            .withId(id)
            .withExtension(ChunkHeaders.CLOCK, clock.id())
            .withData(contentType, new MediaData(media)));
  }

  /// A chunk whose media are stored elsewhere.
  ///
  /// @see #chunk(String, URI, String, long, Instant, Duration, String, byte[])
  public static ProducerRecord<String, byte[]> reference(
      String topic,
      URI source,
      String stream,
      long sequence,
      Instant start,
      Duration duration,
      Media.Reference reference) {
    return record(
        topic,
        event(source, stream, sequence, start, duration, InputType.CHUNK_REFERENCE)
            .withData("application/json", Json.bytes(ChunkReference.write(reference))));
  }

  /// The announcement that no further chunks follow.
  public static ProducerRecord<String, byte[]> endOfStream(
      String topic, URI source, String stream) {
    return record(
        topic,
        CloudEventBuilder.v1()
            .withId(stream + "/end")
            .withSource(source)
            .withType(InputType.END_OF_STREAM.cloudEventsType())
            .withSubject(stream));
  }

  private static CloudEventBuilder event(
      URI source, String stream, long sequence, Instant start, Duration duration, InputType type) {
    return CloudEventBuilder.v1()
        .withId(stream + "/" + sequence)
        .withSource(source)
        .withType(type.cloudEventsType())
        .withSubject(stream)
        .withTime(start.atOffset(ZoneOffset.UTC))
        .withExtension(ChunkHeaders.SEQUENCE, Long.toString(sequence))
        .withExtension(ChunkHeaders.DURATION_MS, Long.toString(duration.toMillis()));
  }

  private static ProducerRecord<String, byte[]> record(String topic, CloudEventBuilder event) {
    CloudEvent built = event.build();
    return KafkaMessageFactory.createWriter(topic, null, built.getSubject()).writeBinary(built);
  }

  /// The bytes as they are, without a copy.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record MediaData(byte[] bytes) implements CloudEventData {

    @Override
    public byte[] toBytes() {
      return bytes;
    }
  }
}
