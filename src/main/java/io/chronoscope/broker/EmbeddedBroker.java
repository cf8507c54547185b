package io.chronoscope.broker;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// One Kafka node in this JVM, open to any Kafka client. Its owner starts and closes it; records
/// survive the close only in a given data directory.
public final class EmbeddedBroker implements AutoCloseable {

  private static final int NODE = 1;
  private static final int START_ATTEMPTS = 3;

  /// Levels that silence a starting broker: it logs a thousand lines at INFO, and a few warnings
  /// that it is the only node. Held in a field because unreferenced loggers may be
  /// garbage-collected together with their levels.
  private static final Map<Logger, Level> LOGGERS =
      Map.of(
          Logger.getLogger("kafka"), Level.WARNING,
          Logger.getLogger("org.apache.kafka"), Level.WARNING,
          Logger.getLogger("state.change.logger"), Level.WARNING,
          Logger.getLogger("org.apache.kafka.controller.QuorumController"), Level.SEVERE,
          Logger.getLogger("org.apache.kafka.clients.NetworkClient"), Level.SEVERE);

  private final KafkaRaftServer server;
  private final String bootstrapServers;
  private final Path directory;
  private final boolean temporary;
  private boolean closed;

  private EmbeddedBroker(
      KafkaRaftServer server, String bootstrapServers, Path directory, boolean temporary) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
    this.directory = directory;
    this.temporary = temporary;
  }

  /// How the broker is set up.
  ///
  /// @param dataDirectory holds the log, for this and later brokers. Empty: a temporary directory,
  ///   deleted on close
  /// @param host the address to listen on and to advertise to clients
  /// @param port the port for clients; 0 picks a free one
  /// @param maxMessageBytes maximum size of a record batch; all other limits of a record's size are
  ///   raised to it
  /// @param extra further settings under Kafka's own names, which take precedence; the listener for
  ///   clients is called `CLIENTS`
  public record Settings(
      Optional<Path> dataDirectory,
      String host,
      int port,
      int maxMessageBytes,
      Map<String, String> extra) {

    public static final int DEFAULT_MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    public Settings {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port of the embedded broker is " + port);
      }
      if (maxMessageBytes <= 0) {
        throw new IllegalArgumentException("maximum message size is " + maxMessageBytes + " bytes");
      }
      extra = Map.copyOf(extra);
    }

    /// The same settings with further ones of Kafka.
    public Settings with(Map<String, String> more) {
      Map<String, String> all = new HashMap<>(extra);
      all.putAll(more);
      return new Settings(dataDirectory, host, port, maxMessageBytes, all);
    }

    /// On localhost, with a temporary directory.
    public static Settings temporary(int port) {
      return new Settings(Optional.empty(), "localhost", port, DEFAULT_MAX_MESSAGE_BYTES, Map.of());
    }

    /// On localhost, with a persistent directory.
    public static Settings in(Path dataDirectory, int port) {
      return new Settings(
          Optional.of(dataDirectory), "localhost", port, DEFAULT_MAX_MESSAGE_BYTES, Map.of());
    }
  }

  /// Starts a broker and waits until it serves clients (about 4 s).
  ///
  /// @throws IllegalStateException if it cannot start: this installation comes without a broker,
  ///   the port is in use, or the directory is used by another broker or was not written by a
  ///   broker
  public static EmbeddedBroker start(Settings settings) {
    BrokerLayer.require();
    LOGGERS.forEach((logger, level) -> {
      if (logger.getLevel() == null) {
        logger.setLevel(level);
      }
    });
    boolean temporary = settings.dataDirectory().isEmpty();
    Path directory = temporary ? temporaryDirectory() : settings.dataDirectory().get();
    try {
      return startIn(directory, temporary, settings);
    } catch (RuntimeException e) {
      if (temporary) {
        delete(directory);
      }
      throw e;
    }
  }

  private static EmbeddedBroker startIn(Path directory, boolean temporary, Settings settings) {
    requireFree(settings.host(), settings.port());
    for (int attempt = 1; ; attempt++) {
      List<Integer> free = FreePorts.other(settings.port(), 2);
      int port = settings.port() == 0 ? free.getLast() : settings.port();
      KafkaConfig config =
          new KafkaConfig(properties(directory, settings, port, free.getFirst()), false);
      KafkaRaftServer server;
      try {
        format(directory);
        server = new KafkaRaftServer(config, Time.SYSTEM);
      } catch (Exception e) {
        throw new IllegalStateException(
            "the embedded broker cannot use the folder %s: %s".formatted(directory, reason(e)), e);
      }
      try {
        server.startup();
        return new EmbeddedBroker(server, settings.host() + ":" + port, directory, temporary);
      } catch (RuntimeException e) {
        stop(server);
        requireFree(settings.host(), settings.port()); // another process may have taken it since
        // Another process may bind the free port first.
        if (attempt == START_ATTEMPTS) {
          throw new IllegalStateException(
              "the embedded broker did not start on port " + port + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /// Address for `bootstrap.servers`.
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /// The directory that holds the log.
  public Path dataDirectory() {
    return directory;
  }

  /// Stops the broker; deletes a temporary directory. Closing again does nothing.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stop(server);
    if (temporary) {
      delete(directory);
    }
  }

  private static void stop(KafkaRaftServer server) {
    server.shutdown();
    server.awaitShutdown();
  }

  private static Map<String, Object> properties(
      Path directory, Settings settings, int port, int controllerPort) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", NODE);
    properties.put("controller.quorum.voters", NODE + "@localhost:" + controllerPort);
    properties.put(
        "listeners",
        "CLIENTS://%s:%d,CONTROLLER://localhost:%d"
            .formatted(settings.host(), port, controllerPort));
    properties.put("advertised.listeners", "CLIENTS://%s:%d".formatted(settings.host(), port));
    properties.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("inter.broker.listener.name", "CLIENTS");
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("log.dirs", directory.toString());

    int largest = settings.maxMessageBytes();
    properties.put("message.max.bytes", largest);
    properties.put("replica.fetch.max.bytes", largest);
    properties.put("replica.fetch.response.max.bytes", largest);
    properties.put("socket.request.max.bytes", Math.max(100 * 1024 * 1024, largest + 1024 * 1024));

    // Topics are created from their definitions, never by a misspelled name.
    properties.put("auto.create.topics.enable", false);
    properties.put("group.initial.rebalance.delay.ms", 0);
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      properties.put(topic + ".replication.factor", (short) 1);
      properties.put(topic + ".num.partitions", 4);
    }
    properties.put("transaction.state.log.min.isr", 1);
    properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", 1000);
    // Tests that kill instances use short session timeouts.
    properties.put("group.min.session.timeout.ms", 1000);
    properties.put("group.consumer.min.session.timeout.ms", 1000);
    properties.put("group.consumer.min.heartbeat.interval.ms", 200);
    properties.put("share.coordinator.state.topic.replication.factor", (short) 1);
    properties.put("share.coordinator.state.topic.min.isr", (short) 1);
    properties.put("share.coordinator.state.topic.num.partitions", 4);

    // One machine, few clients: small pools, and no 128 MiB for the log cleaner.
    properties.put("num.network.threads", 2);
    properties.put("num.io.threads", 4);
    properties.put("log.cleaner.dedupe.buffer.size", 8L * 1024 * 1024);
    properties.putAll(settings.extra());
    return properties;
  }

  /// Most messages of the JDK about files are their path alone.
  private static String reason(Exception problem) {
    return switch (problem) {
      case FileAlreadyExistsException there -> "it is a file";
      case FileSystemException file when file.getReason() == null ->
          "no permission, or its parent does not exist";
      default -> String.valueOf(problem.getMessage());
    };
  }

  /// Writes the directory's identity if it has none yet.
  private static void format(Path directory) throws Exception {
    Files.createDirectories(directory);
    keepPrivate(directory);
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    new Formatter()
        .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
        .setDirectories(List.of(directory.toString()))
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(directory.toString())
        .run();
  }

  /// Only the owner may read what users of the broker publish. Files below need no mode of their
  /// own: nobody else reaches them.
  private static void keepPrivate(Path directory) throws IOException {
    if (Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /// Fails early: the broker itself would report a port in use only after seconds, with an obscure
  /// error.
  private static void requireFree(String host, int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the embedded broker cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("chronoscope-broker");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory for the embedded broker", e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + directory, e);
    }
  }
}
