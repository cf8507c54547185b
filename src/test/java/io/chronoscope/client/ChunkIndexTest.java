package io.chronoscope.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.client.ChunkIndex.Lookup;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkRecords;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkIndexTest {

  private static final String TOPIC = "video.chunks";
  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");

  /// Without a broker, so that the index has what the test adds, and is never at the topic's end.
  private final ChunkIndex index =
      new ChunkIndex(Map.of(), TOPIC, new ChunkEnvelope(Integer.MAX_VALUE));

  private long offset;

  @AfterEach
  void close() {
    index.close();
  }

  private void read(String stream, int seconds) {
    ProducerRecord<String, byte[]> sent =
        ChunkRecords.chunk(
            TOPIC,
            URI.create("/test"),
            stream,
            seconds / 2,
            NOON.plusSeconds(seconds),
            Duration.ofSeconds(2),
            "video/mp4",
            new byte[] {1});
    index.add(
        List.of(
            new ConsumerRecord<>(
                TOPIC,
                0,
                offset++,
                0,
                TimestampType.CREATE_TIME,
                stream.length(),
                1,
                stream.getBytes(StandardCharsets.UTF_8),
                sent.value(),
                sent.headers(),
                Optional.empty())),
        false,
        System.nanoTime());
  }

  private Lookup find(String stream, int from, int to) throws InterruptedException {
    return index.find(stream, NOON.plusSeconds(from), NOON.plusSeconds(to), Duration.ZERO);
  }

  @Test
  void knowsARangeAsSoonAsItHasReadPastIt() throws InterruptedException {
    for (int seconds = 0; seconds <= 8; seconds += 2) {
      read("cam-1", seconds);
    }
    assertThat(find("cam-1", 3, 7))
        .isInstanceOfSatisfying(
            Lookup.Found.class,
            found ->
                assertThat(found.entries())
                    .extracting(ChunkIndex.Entry::start)
                    .containsExactly(
                        NOON.plusSeconds(2), NOON.plusSeconds(4), NOON.plusSeconds(6)));
    assertThat(find("cam-1", 7, 9)).isInstanceOf(Lookup.Reading.class);
    assertThat(find("cam-2", 3, 7)).isInstanceOf(Lookup.Reading.class);
  }

  @Test
  void aLaterRecordingOfAnEarlierTimeIsWaitedFor() throws InterruptedException {
    read("cam-1", 3600);
    read("cam-1", 0);
    read("cam-1", 2);
    assertThat(find("cam-1", 1, 5)).isInstanceOf(Lookup.Reading.class);
    read("cam-1", 4);
    read("cam-1", 6);
    assertThat(find("cam-1", 1, 5)).isInstanceOf(Lookup.Found.class);
  }
}
