package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.smallrye.config.PropertiesConfigSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Holds the topic settings equal to [Topic].
class TopicSettingsTest {

  @Test
  void topicsHaveTheirDefaultNames() {
    assertThat(LayerSettings.topicNames(ConfigLoader.load(builder -> {})))
        .isEqualTo(TopicNames.DEFAULT);
  }

  @ParameterizedTest
  @EnumSource
  void settingOfATopicRenamesIt(Topic topic) {
    ChronoscopeConfig settings =
        ConfigLoader.load(builder ->
            builder.withSources(
                new PropertiesConfigSource(Map.of(topic.setting(), "other"), "test", 300)));

    assertThat(LayerSettings.topicNames(settings))
        .isEqualTo(TopicNames.DEFAULT.with(topic, "other"));
  }
}
