import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Sends a self-contained segment, such as a short MP4, as a chunk of a stream.
///
/// Needs kafka-clients 3.9 or later on the class path:
/// `java -cp 'kafka-clients.jar:slf4j-api.jar' docs/examples/SendChunk.java localhost:9092 cam-1 part-0.mp4`
public final class SendChunk {

  private SendChunk() {}

  public static void main(String... arguments)
      throws IOException, ExecutionException, InterruptedException {
    send(arguments[0], arguments[1], 0, Instant.now(), Files.readAllBytes(Path.of(arguments[2])));
  }

  /// @param sequence number of the chunk in its stream
  /// @param start absolute time of the segment's first frame
  public static void send(
      String bootstrapServers, String stream, long sequence, Instant start, byte[] media)
      throws ExecutionException, InterruptedException {
    Properties settings = new Properties();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 64 * 1024 * 1024);
    ProducerRecord<String, byte[]> record = new ProducerRecord<>("video.chunks", stream, media);
    header(record, "ce_specversion", "1.0");
    header(record, "ce_type", "io.chronoscope.chunk");
    // Together unique for each chunk that is ever sent.
    header(record, "ce_source", "/send-chunk/" + UUID.randomUUID());
    header(record, "ce_id", stream + "/" + sequence);
    header(record, "ce_time", start.toString());
    header(record, "ce_sequence", Long.toString(sequence));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  private static void header(ProducerRecord<?, ?> record, String name, String value) {
    record.headers().add(name, value.getBytes(UTF_8));
  }
}
