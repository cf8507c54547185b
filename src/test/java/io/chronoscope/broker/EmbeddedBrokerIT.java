package io.chronoscope.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {

  private static final int LARGE = 20 * 1024 * 1024;

  @Test
  void keepsLargeRecordsAcrossARestart(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.in(directory, 0))) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
      }
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 2 * LARGE),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer.send(new ProducerRecord<>("t", new byte[LARGE])).get();
      }
      assertThat(Files.getPosixFilePermissions(directory))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.in(directory, 0));
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition("t", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(20));
      assertThat(records.count()).isEqualTo(1);
      assertThat(records.iterator().next().value()).hasSize(LARGE);
    }
  }

  @Test
  void deletesATemporaryDirectoryAndNamesAPortInUse() {
    Path directory;
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      directory = broker.dataDirectory();
      assertThat(directory).isDirectory();
      int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
      assertThatThrownBy(() -> EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(port)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("localhost:" + port);
    }
    assertThat(Files.exists(directory)).isFalse();
  }
}
