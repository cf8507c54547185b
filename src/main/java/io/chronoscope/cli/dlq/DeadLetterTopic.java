package io.chronoscope.cli.dlq;

import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.cli.console.KafkaOptions;
import io.chronoscope.client.DeadLetters;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The dead-letter topic as the `dlq` commands use it.
record DeadLetterTopic(KafkaConnection connection) {

  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9._-]+/\\d{1,9}/\\d{1,18}");

  static DeadLetterTopic open(KafkaOptions kafka) {
    return new DeadLetterTopic(kafka.connect());
  }

  ChronoscopeConfig settings() {
    return connection.settings();
  }

  /// Kafka client properties.
  Map<String, Object> client() {
    return connection.client();
  }

  TopicNames topics() {
    return connection.topics();
  }

  /// Reads all dead letters.
  ///
  /// @return by id, in the order in which they were written
  Map<String, Letter> deadLetters() {
    return connection.readTopics(() -> DeadLetters.read(client(), topics().of(Topic.DEAD_LETTERS)));
  }

  /// @throws ConfigurationException when the text is not the id of a dead letter
  static void checkId(String text) {
    if (!ID.matcher(text).matches()) {
      throw new ConfigurationException(
          "%s is not a dead-letter id; ids have the form topic/partition/offset, dlq list shows them"
              .formatted(text));
    }
  }

  String notFound(String id) {
    return "there is no dead letter %s on %s".formatted(id, topics().of(Topic.DEAD_LETTERS));
  }

  static String reason(Letter deadLetter) {
    return deadLetter.letter().rejection().reason().name().toLowerCase(Locale.ROOT);
  }
}
