package io.chronoscope.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsumerSettingsTest {

  private static final Map<String, Object> KAFKA =
      Map.of(
          "bootstrap.servers", "broker:9092",
          "group.id", "configured",
          "group.instance.id", "one",
          "group.protocol", "consumer",
          "auto.offset.reset", "latest",
          "isolation.level", "read_uncommitted",
          "enable.auto.commit", true);

  @Test
  void readsCommittedRecordsFromTheFirstAndCommitsNothingByItself() {
    for (Map<String, Object> properties :
        java.util.List.of(
            ConsumerSettings.inGroup(KAFKA, "questions"), ConsumerSettings.withoutGroup(KAFKA))) {
      assertThat(properties)
          .containsEntry("bootstrap.servers", "broker:9092")
          .containsEntry("isolation.level", "read_committed")
          .containsEntry("auto.offset.reset", "earliest")
          .containsEntry("enable.auto.commit", false)
          .containsEntry("allow.auto.create.topics", false);
    }
  }

  @Test
  void joinsAGroupAsADynamicMemberWithTheConfiguredProtocol() {
    assertThat(ConsumerSettings.inGroup(KAFKA, "questions"))
        .containsEntry("group.id", "questions")
        .containsEntry("group.protocol", "consumer")
        .doesNotContainKey("group.instance.id");
  }

  @Test
  void belongsToNoGroupWhateverIsConfigured() {
    assertThat(ConsumerSettings.withoutGroup(KAFKA))
        .doesNotContainKeys("group.id", "group.instance.id", "group.protocol");
  }
}
