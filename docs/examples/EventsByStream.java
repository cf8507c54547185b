import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/// How many valid events each stream has, as a topology of Kafka Streams.
public final class EventsByStream {

  private static final ObjectMapper JSON = new ObjectMapper();

  private EventsByStream() {}

  public static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    // By id: another revision replaces the one before, a tombstone removes the event.
    KTable<String, String> events =
        builder.table(
            "video.events",
            Consumed.with(Serdes.String(), Serdes.String()),
            stored("events"));
    events
        .filter((id, json) -> type(json).equals("io.chronoscope.event"))
        // Grouping by another key makes Streams repartition. Do not skip this with a partitioner of
        // your own: the topic is partitioned by stream, its keys are ids.
        .groupBy(
            (id, json) -> KeyValue.pair(field(json, "stream"), json),
            Grouped.with(Serdes.String(), Serdes.String()))
        .count(EventsByStream.<Long>stored("counts").withValueSerde(Serdes.Long()))
        .toStream()
        .to("events-by-stream", Produced.with(Serdes.String(), Serdes.Long()));
    return builder.build();
  }

  private static <V> Materialized<String, V, KeyValueStore<Bytes, byte[]>> stored(String name) {
    return Materialized.<String, V>as(Stores.inMemoryKeyValueStore(name))
        .withKeySerde(Serdes.String());
  }

  private static String type(String json) {
    return field(json, "type");
  }

  private static String field(String json, String name) {
    try {
      JsonNode value = JSON.readTree(json).path(name);
      return value.asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
