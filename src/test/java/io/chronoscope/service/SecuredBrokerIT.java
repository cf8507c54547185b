package io.chronoscope.service;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.broker.FreePorts;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.RtspServer;
import io.chronoscope.testing.TestMedia;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged commands with a broker that requires TLS and a password, configured by `KAFKA_…`
/// variables alone.
class SecuredBrokerIT {

  private static final String PASSWORD = "n0t-f0r-logs";
  private static final String STORE_PASSWORD = "st0re-n0t-f0r-logs";
  private static final String CAMERA_PASSWORD = "camera-s3cret";
  private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration SERVICE_TIMEOUT = Duration.ofMinutes(3);

  @TempDir static Path directory;

  private static Path store;
  private static EmbeddedBroker broker;

  /// The outcome of a process.
  private record Exit(int status, String out, String err) {}

  @BeforeAll
  static void startBroker() throws Exception {
    makeStore();
    Map<String, String> secured = new HashMap<>();
    secured.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
    secured.put("sasl.enabled.mechanisms", "PLAIN");
    secured.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    secured.put(
        "listener.name.clients.plain.sasl.jaas.config",
        ("org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"broker\" password=\"%1$s\" user_broker=\"%1$s\" user_eye=\"%1$s\";")
            .formatted(PASSWORD));
    secured.put("ssl.keystore.location", store.toString());
    secured.put("ssl.keystore.password", STORE_PASSWORD);
    secured.put("ssl.truststore.location", store.toString());
    secured.put("ssl.truststore.password", STORE_PASSWORD);
    secured.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    secured.put("super.users", "User:broker;User:ANONYMOUS");
    broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0).with(secured));
    allowTheDocumentedRights();
  }

  /// The rights in docs/operating.md, and no others.
  private static void allowTheDocumentedRights() throws Exception {
    List<AclBinding> rights = new ArrayList<>();
    for (AclOperation operation :
        List.of(AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE)) {
      rights.add(allow(ResourceType.TOPIC, "video.", operation));
    }
    rights.add(allow(ResourceType.GROUP, "chronoscope", AclOperation.READ));
    rights.add(allow(ResourceType.TRANSACTIONAL_ID, "chronoscope", AclOperation.WRITE));
    try (Admin admin = Admin.create(asBroker())) {
      admin.createAcls(rights).all().get();
    }
  }

  private static AclBinding allow(ResourceType type, String prefix, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, prefix, PatternType.PREFIXED),
        new AccessControlEntry("User:eye", "*", operation, AclPermissionType.ALLOW));
  }

  private static Map<String, Object> asBroker() {
    return Map.of(
        "bootstrap.servers",
        broker.bootstrapServers(),
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        jaas("broker", PASSWORD),
        "ssl.truststore.location",
        store.toString(),
        "ssl.truststore.password",
        STORE_PASSWORD);
  }

  private static String jaas(String user, String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void analyzesVideoThroughASecuredBroker() throws Exception {
    Exit produced =
        run(
            PASSWORD,
            "produce",
            PackagedProgram.HOME.resolve("video-samples/portrait.mp4").toString(),
            "--json");
    assertThat(produced.status()).as(produced.err()).isZero();
    assertThat(produced.out()).contains("\"sequence\":0");

    Path log = directory.resolve("serve.log");
    int port = FreePorts.one();
    RtspServer camera =
        RtspServer.of(
                TestMedia.video()
                    .codec("libopenh264")
                    .container("h264")
                    .frames(150)
                    .group(25)
                    .bytes(),
                25)
            .clock(Instant.parse("2026-05-04T12:00:00Z"))
            .requireCredentials("viewer", CAMERA_PASSWORD)
            .freezeAtEnd();
    ProcessBuilder command =
        command(
            PASSWORD, List.of("serve", "--port", "0", "--management-port", Integer.toString(port)));
    command.environment().put("CHRONOSCOPE_SOURCES_GATE", camera.url());
    command.environment().put("CHRONOSCOPE_LIVE_CREDENTIALS_GATE", "viewer:" + CAMERA_PASSWORD);
    command.environment().put("CHRONOSCOPE_LIVE_SPOOL", directory.resolve("spool").toString());
    Process service = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try (camera) {
      Exit seen = run(PASSWORD, "events", "--json");
      long until = System.nanoTime() + SERVICE_TIMEOUT.toNanos();
      while (!seen.out().contains("\"level\":\"stream\"")) {
        assertThat(service.isAlive()).as(Files.readString(log)).isTrue();
        assertThat(System.nanoTime()).as(seen + "\n" + Files.readString(log)).isLessThan(until);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        seen = run(PASSWORD, "events", "--json");
      }
      assertThat(seen.status()).isZero();
      assertThat(seen.out()).contains("\"description\"");
      assertThat(camera.plays()).isPositive();
      assertThat(get(port, "/q/health/ready")).contains("\"gate\"");
      assertThat(get(port, "/q/metrics"))
          .containsPattern("chronoscope_source_chunks_sent_total\\{stream=\"gate\"} [1-9]")
          .contains("chronoscope_source_chunks_dropped_total{stream=\"gate\"} 0.0")
          .contains("chronoscope_sources{state=\"ended\"} 0.0");
      assertThat(OperatingPage.exposedMetrics(port)).containsAll(OperatingPage.documentedMetrics());
      assertThat(traces(TopicNames.DEFAULT.of(Topic.CHUNKS)))
          .containsAll(traces(TopicNames.DEFAULT.of(Topic.EVENTS)))
          .containsAll(traces(TopicNames.DEFAULT.of(Topic.SUMMARIES)));
    } finally {
      service.destroy();
      if (!service.waitFor(30, TimeUnit.SECONDS)) {
        service.destroyForcibly();
      }
    }
    assertThat(Files.readString(log) + produced.err())
        .contains("source stream=gate receiving; times come from the source's clock (RTCP)")
        .doesNotContain(PASSWORD)
        .doesNotContain(CAMERA_PASSWORD)
        .doesNotContain(STORE_PASSWORD);
  }

  private static String get(int port, String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  /// Ids of the traces in the headers of a topic's records.
  private static Set<String> traces(String topic) {
    Map<String, Object> client = new HashMap<>(asBroker());
    client.put("isolation.level", "read_committed");
    Set<String> traces = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(one -> new TopicPartition(topic, one.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> {
              Header header = record.headers().lastHeader("traceparent");
              assertThat(header).as("traceparent of %s", record).isNotNull();
              traces.add(new String(header.value(), US_ASCII).split("-")[1]);
            });
      }
    }
    return traces;
  }

  @Test
  void acceptsACertificateInPemFormat() throws Exception {
    Path pem = directory.resolve("ca.pem");
    keytool("-exportcert", "-rfc", "-alias", "broker", "-file", pem.toString());
    ProcessBuilder command = command(PASSWORD, List.of("rules", "list"));
    command.environment().put("KAFKA_SSL_TRUSTSTORE_TYPE", "PEM");
    command.environment().put("KAFKA_SSL_TRUSTSTORE_LOCATION", pem.toString());
    command.environment().remove("KAFKA_SSL_TRUSTSTORE_PASSWORD");
    Exit listed = run(command);
    // The topic may not exist yet, but the broker was reached.
    assertThat(listed.err()).containsAnyOf("no rules are in force", "does not exist");
  }

  @Test
  void everyCommandReportsAWrongPassword() throws Exception {
    for (List<String> command :
        List.of(
            List.of(
                "produce", PackagedProgram.HOME.resolve("video-samples/portrait.mp4").toString()),
            List.of("serve", "--port", "0"),
            List.of("events"))) {
      Exit refused = run("guessed-wrong", command.toArray(String[]::new));
      assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(refused.err())
          .contains(broker.bootstrapServers(), "refuse the user or password", "sasl.jaas.config")
          .doesNotContain("guessed-wrong");
    }
  }

  @Test
  void reportsAnUntrustedBroker() throws Exception {
    ProcessBuilder command = command(PASSWORD, List.of("events"));
    command.environment().remove("KAFKA_SSL_TRUSTSTORE_LOCATION");
    command.environment().remove("KAFKA_SSL_TRUSTSTORE_PASSWORD");
    Exit refused = run(command);
    assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.err())
        .contains(
            "the TLS handshake with the Kafka brokers", "kafka.ssl.truststore.location is not set");
  }

  @Test
  void namesAMissingTruststore() throws Exception {
    ProcessBuilder command = command(PASSWORD, List.of("events"));
    command.environment().put("KAFKA_SSL_TRUSTSTORE_LOCATION", "no-such-store.p12");
    Exit refused = run(command);
    assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.err()).contains("no-such-store.p12").doesNotContain(STORE_PASSWORD);
  }

  @Test
  void namesAnUnsupportedMechanism() throws Exception {
    ProcessBuilder command = command(PASSWORD, List.of("events"));
    command.environment().put("KAFKA_SASL_MECHANISM", "SCRAM-SHA-256");
    command
        .environment()
        .put(
            "KAFKA_SASL_JAAS_CONFIG",
            "org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"eye\" password=\"x\";");
    Exit refused = run(command);
    assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.err()).contains("SCRAM-SHA-256");
  }

  private Exit run(String password, String... arguments) throws Exception {
    return run(command(password, List.of(arguments)));
  }

  private Exit run(ProcessBuilder command) throws Exception {
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    Process process = command.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(COMMAND_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
          .as("ends within %s: %s", COMMAND_TIMEOUT, Files.readString(err))
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Exit(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static ProcessBuilder command(String password, List<String> arguments) {
    ProcessBuilder command =
        new ProcessBuilder(
            PackagedProgram.command(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1"), arguments));
    command
        .environment()
        .putAll(
            Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                broker.bootstrapServers(),
                "KAFKA_SECURITY_PROTOCOL",
                "SASL_SSL",
                "KAFKA_SASL_MECHANISM",
                "PLAIN",
                "KAFKA_SASL_JAAS_CONFIG",
                jaas("eye", password),
                "KAFKA_SSL_TRUSTSTORE_LOCATION",
                store.toString(),
                "KAFKA_SSL_TRUSTSTORE_PASSWORD",
                STORE_PASSWORD,
                "CHRONOSCOPE_TRACING",
                "true",
                "OTEL_TRACES_EXPORTER",
                "none"));
    return command;
  }

  private static void makeStore() throws Exception {
    store = directory.resolve("broker.p12");
    keytool(
        "-genkeypair",
        "-alias",
        "broker",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=dns:localhost,ip:127.0.0.1",
        "-validity",
        "2",
        "-storetype",
        "PKCS12");
  }

  /// Runs keytool on the broker's keystore.
  private static void keytool(String... arguments) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    words.addAll(List.of(arguments));
    words.addAll(List.of("-keystore", store.toString(), "-storepass", STORE_PASSWORD));
    Process keytool = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    assertThat(keytool.waitFor()).as(output).isZero();
  }
}
