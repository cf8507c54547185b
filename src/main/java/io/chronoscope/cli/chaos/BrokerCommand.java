package io.chronoscope.cli.chaos;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.cli.console.Output;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// A broker alone, for faults that harm a broker. Users never call it.
@Command(
    name = BrokerCommand.NAME,
    hidden = true,
    description = "Runs a broker for `chaos`, which starts it by itself.")
public final class BrokerCommand implements Callable<Integer> {

  static final String NAME = "chaos-broker";
  static final String READY = "broker is ready";

  @Parameters(index = "0", paramLabel = "DIR", description = "Holds the log.")
  Path data = Path.of("");

  @Parameters(index = "1", paramLabel = "PORT", description = "Port for clients.")
  int port;

  private final Output output;

  public BrokerCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws InterruptedException {
    EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Settings.in(data, port));
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(broker::close));
    output.print(READY);
    new CountDownLatch(1).await();
    return 0;
  }
}
