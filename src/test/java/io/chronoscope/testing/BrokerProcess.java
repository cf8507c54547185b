package io.chronoscope.testing;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.broker.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// The embedded broker in its own process, which can be killed and restarted on the same data.
public final class BrokerProcess implements AutoCloseable {

  private static final String READY = "broker is ready";

  private final Path directory;
  private final int port = FreePorts.one();
  private Process process;

  public BrokerProcess(Path directory) throws IOException {
    this.directory = directory;
    this.process = launch();
  }

  /// Runs in the broker's process.
  public static void main(String[] arguments) throws InterruptedException {
    EmbeddedBroker broker =
        EmbeddedBroker.start(
            EmbeddedBroker.Settings.in(Path.of(arguments[0]), Integer.parseInt(arguments[1])));
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(broker::close));
    System.out.println(READY);
    new CountDownLatch(1).await();
  }

  public String bootstrapServers() {
    return "localhost:" + port;
  }

  /// Shuts the broker down (SIGTERM) and starts it again.
  public void restart() throws IOException, InterruptedException {
    process.destroy();
    process.waitFor();
    process = launch();
  }

  /// Kills the broker (SIGKILL) and starts it again.
  public void killAndRestart() throws IOException, InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    process = launch();
  }

  private Process launch() throws IOException {
    Process launched =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                BrokerProcess.class.getName(),
                directory.toString(),
                Integer.toString(port))
            .redirectError(
                ProcessBuilder.Redirect.appendTo(directory.resolveSibling("broker.log").toFile()))
            .start();
    BufferedReader says = launched.inputReader();
    String line;
    do {
      line = says.readLine();
      if (line == null) {
        throw new IllegalStateException("the broker did not start");
      }
    } while (!line.contains(READY));
    Thread.ofVirtual()
        .start(() -> says.lines().forEach(said -> System.out.println("broker: " + said)));
    return launched;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
