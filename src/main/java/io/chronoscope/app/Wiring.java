package io.chronoscope.app;

import io.chronoscope.record.TopicNames;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/// What the Kafka edge is given.
final class Wiring {

  private Wiring() {}

  @Produces
  @Singleton
  static ServiceIntake serviceIntake() {
    return new ServiceIntake();
  }

  /// For those who talk to the topics without the service.
  static TopicNames topicNames(ChronoscopeConfig settings) {
    ChronoscopeConfig.Topics topics = settings.topics();
    return new TopicNames(
        topics.chunks(),
        topics.events(),
        topics.summaries(),
        topics.deadLetters(),
        topics.state(),
        topics.rules(),
        topics.alerts(),
        topics.questions(),
        topics.answers());
  }
}
