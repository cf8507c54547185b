package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.Topics;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ServiceProcess;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged service ends with 1 when an `Error` is thrown while a stream is analyzed, so that a
/// supervisor starts another one.
class IntakeErrorIT {

  /// Room for what the service starts with, not for a stream's pictures.
  private static final Map<String, String> NO_ROOM =
      Map.of(
          "JDK_JAVA_OPTIONS", "-XX:MaxDirectMemorySize=1m", "CHRONOSCOPE_SEARCH_ENABLED", "false");

  @Test
  void anErrorOfAStreamEndsTheProcessWithOne(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0))) {
      Map<String, Object> kafka = KafkaClientConfig.ofEmbedded(broker.bootstrapServers());
      try (Admin admin = Admin.create(kafka)) {
        Topics.ensure(admin, TopicNames.DEFAULT);
      }
      send(kafka);
      ServiceProcess.Setup setup =
          new ServiceProcess.Setup(
              broker.bootstrapServers(), "intake-error", TopicNames.DEFAULT, NO_ROOM);
      try (ServiceProcess service = ServiceProcess.start(setup, directory.resolve("log"))) {
        assertThat(service.awaitEnd(Duration.ofMinutes(2)))
            .as("%s", service.said())
            .isEqualTo(ExitCode.FAILED);
        assertThat(service.said())
            .contains("the service stops: stream gate cannot continue: java.lang.OutOfMemoryError");
      }
    }
  }

  private static void send(Map<String, Object> kafka) {
    Path video = PackagedProgram.HOME.resolve("video-samples/gate.mp4");
    try (ChunkPublisher publisher =
        new ChunkPublisher(
            kafka, TopicNames.DEFAULT.of(Topic.CHUNKS), URI.create("/intake-error"))) {
      SegmentSender sender = new SegmentSender(publisher);
      Instant start = Instant.parse("2026-01-01T12:00:00Z");
      for (MediaSegment segment : FileFeed.cut(video, Duration.ofSeconds(4))) {
        sender.send("gate", segment.index(), start.plus(segment.start()), segment);
      }
    }
  }
}
