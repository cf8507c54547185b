package io.chronoscope.broker;

/// The broker's libraries, which are a layer of their own: the launcher puts them on the class path
/// of commands that start a broker, and images come without.
final class BrokerLayer {

  private static final String ENTRY = "kafka.server.KafkaRaftServer";

  private BrokerLayer() {}

  /// @throws IllegalStateException when the libraries are not on the class path
  static void require() {
    try {
      Class.forName(ENTRY, false, BrokerLayer.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "the embedded broker is not on this class path: images come without it. Connect to a Kafka"
              + " cluster with --bootstrap HOST:PORT, or use the launcher `chronoscope` of a checkout"
              + " or a release archive, which adds it where it is needed",
          e);
    }
  }
}
