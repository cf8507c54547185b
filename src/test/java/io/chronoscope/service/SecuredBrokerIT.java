package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ProcessOutcome;
import io.chronoscope.testing.SecuredBroker;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged commands with a broker that requires TLS and a password, configured by `KAFKA_…`
/// variables alone.
class SecuredBrokerIT {

  private static final String READER = "chronoscope-reader";
  private static final String OPERATOR = "chronoscope-operator";

  @TempDir static Path directory;

  private static SecuredBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = SecuredBroker.start(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void acceptsACertificateInPemFormat() throws Exception {
    Path pem = directory.resolve("ca.pem");
    broker.keytool("-exportcert", "-rfc", "-alias", "broker", "-file", pem.toString());
    ProcessBuilder command =
        broker.command(OPERATOR, SecuredBroker.PASSWORD, List.of("rules", "list"));
    command.environment().put("KAFKA_SSL_TRUSTSTORE_TYPE", "PEM");
    command.environment().put("KAFKA_SSL_TRUSTSTORE_LOCATION", pem.toString());
    command.environment().remove("KAFKA_SSL_TRUSTSTORE_PASSWORD");
    ProcessOutcome listed = run(command);
    assertThat(listed.status()).as(listed.err()).isZero();
  }

  @Test
  void everyCommandReportsAWrongPassword() throws Exception {
    for (List<String> command :
        List.of(
            List.of(
                "produce", PackagedProgram.HOME.resolve("video-samples/portrait.mp4").toString()),
            List.of("serve", "--port", "0"),
            List.of("events"))) {
      ProcessOutcome refused = run(broker.command(READER, "guessed-wrong", command));
      assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(refused.err())
          .contains(broker.bootstrapServers(), "refuse the user or password", "sasl.jaas.config")
          .doesNotContain("guessed-wrong");
    }
  }

  @Test
  void reportsAnUntrustedBroker() throws Exception {
    ProcessBuilder command = broker.command(READER, SecuredBroker.PASSWORD, List.of("events"));
    command.environment().remove("KAFKA_SSL_TRUSTSTORE_LOCATION");
    command.environment().remove("KAFKA_SSL_TRUSTSTORE_PASSWORD");
    ProcessOutcome refused = run(command);
    assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.err())
        .contains(
            "the TLS handshake with the Kafka brokers", "kafka.ssl.truststore.location is not set");
  }

  @Test
  void namesAMissingTruststore() throws Exception {
    ProcessBuilder command = broker.command(READER, SecuredBroker.PASSWORD, List.of("events"));
    command.environment().put("KAFKA_SSL_TRUSTSTORE_LOCATION", "no-such-store.p12");
    ProcessOutcome refused = run(command);
    assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.err())
        .contains("no-such-store.p12")
        .doesNotContain(SecuredBroker.STORE_PASSWORD);
  }

  @Test
  void namesAnUnsupportedMechanism() throws Exception {
    ProcessBuilder command = broker.command(READER, SecuredBroker.PASSWORD, List.of("events"));
    command.environment().put("KAFKA_SASL_MECHANISM", "SCRAM-SHA-256");
    command
        .environment()
        .put(
            "KAFKA_SASL_JAAS_CONFIG",
            "org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"eye\" password=\"x\";");
    ProcessOutcome refused = run(command);
    assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(refused.err()).contains("SCRAM-SHA-256");
  }

  private static ProcessOutcome run(ProcessBuilder command) throws Exception {
    return ProcessOutcome.of(command, directory);
  }
}
