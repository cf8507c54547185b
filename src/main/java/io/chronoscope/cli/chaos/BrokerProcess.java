package io.chronoscope.cli.chaos;

import io.chronoscope.broker.FreePorts;
import io.chronoscope.cli.run.SelfProcess;
import io.chronoscope.config.KafkaClientConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A broker in a process of its own, which can be killed and started again on the same data.
final class BrokerProcess implements AutoCloseable {

  private final Path data;
  private final int port = FreePorts.one();
  private Process process;

  /// @param data directory of its log
  BrokerProcess(Path data) throws IOException {
    this.data = data;
    this.process = launch();
  }

  /// A scene on this broker.
  Scene scene(Scene shared, String name) throws IOException {
    String address = "localhost:" + port;
    Map<String, Object> kafka = KafkaClientConfig.ofEmbedded(address);
    return new Scene(
        shared.laboratory(),
        name,
        kafka,
        address,
        Files.createDirectories(shared.directory().resolve("service")));
  }

  long pid() {
    return process.pid();
  }

  void killAndRestart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    process = launch();
  }

  boolean awaitEnd(Duration atMost) throws InterruptedException {
    return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Starts it again after it has ended.
  void restart() throws IOException {
    process = launch();
  }

  private Process launch() throws IOException {
    Process launched =
        SelfProcess.of(
                List.of("-Xmx512m"),
                List.of(BrokerCommand.NAME, data.toString(), Integer.toString(port)))
            .redirectErrorStream(true)
            .start();
    BufferedReader says = launched.inputReader();
    String line;
    do {
      line = says.readLine();
      if (line == null) {
        throw new IllegalStateException("the broker did not start");
      }
    } while (!line.contains(BrokerCommand.READY));
    Thread.ofVirtual().start(() -> says.lines().forEach(said -> {}));
    return launched;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
