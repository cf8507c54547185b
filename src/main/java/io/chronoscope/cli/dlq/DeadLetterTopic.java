package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.client.DeadLetters;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.KafkaClientConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The dead letters' topic as the `dlq` commands see it.
record DeadLetterTopic(ChronoscopeConfig settings, Map<String, Object> client, TopicNames topics) {

  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9._-]+/\\d{1,9}/\\d{1,18}");

  static DeadLetterTopic open(KafkaOptions kafka) {
    kafka.apply();
    ChronoscopeConfig settings = ConfigLoader.load();
    KafkaOptions.requireBroker(settings);
    return new DeadLetterTopic(
        settings, KafkaClientConfig.ofCommand(settings), LayerSettings.topicNames(settings));
  }

  /// By id, in the order in which they were written.
  Map<String, Letter> letters() {
    try {
      return DeadLetters.read(client, topics.of(Topic.DEAD_LETTERS));
    } catch (IllegalArgumentException e) {
      throw EnvironmentException.notOn(settings.kafka().bootstrapServers(), e);
    }
  }

  /// @throws ConfigurationException when it is none
  static String id(String text) {
    if (!ID.matcher(text).matches()) {
      throw new ConfigurationException(
          text + " is no id of a dead letter; ids are topic/partition/offset, dlq list shows them");
    }
    return text;
  }

  String unknown(String id) {
    return "there is no dead letter %s on %s".formatted(id, topics.of(Topic.DEAD_LETTERS));
  }

  static String reason(Letter letter) {
    return letter.letter().rejection().reason().name().toLowerCase(Locale.ROOT);
  }
}
