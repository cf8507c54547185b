package io.chronoscope.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FollowedDeadLettersIT {

  private static final TopicNames NAMES = TopicNames.DEFAULT;
  private static final ResultEnvelope ENVELOPE = new ResultEnvelope(NAMES, URI.create("/test"));

  @Test
  void showsWhatIsAddedAndNotWhatIsNoLongerRetained() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      Topics.ensure(kafka, NAMES);
      String topic = NAMES.of(Topic.DEAD_LETTERS);
      try (KafkaProducer<String, byte[]> producer =
              new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
          FollowedDeadLetters followed = new FollowedDeadLetters(kafka, topic);
          Admin admin = Admin.create(kafka)) {
        assertThat(followed.current()).isEmpty();

        RecordMetadata first = send(producer, 1);
        assertThat(followed.current()).containsOnlyKeys("video.chunks/0/1");

        send(producer, 2);
        assertThat(followed.current()).containsOnlyKeys("video.chunks/0/1", "video.chunks/0/2");
        assertThat(followed.current()).isEqualTo(DeadLetters.read(kafka, topic));

        admin
            .deleteRecords(
                Map.of(
                    new TopicPartition(topic, first.partition()),
                    RecordsToDelete.beforeOffset(first.offset() + 1)))
            .all()
            .get();
        assertThat(followed.current()).containsOnlyKeys("video.chunks/0/2");
      }
    }
  }

  private static RecordMetadata send(KafkaProducer<String, byte[]> producer, long offset)
      throws Exception {
    DeadLetter letter =
        new DeadLetter(
            "cam",
            new ChunkOrigin("video.chunks", 0, offset),
            new Rejection(Reason.NOT_MEDIA, "text"));
    return producer.send(ENVELOPE.write(letter, 4)).get();
  }
}
