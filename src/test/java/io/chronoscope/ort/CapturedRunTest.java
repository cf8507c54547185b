package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CapturedRunTest {

  /// What the provider does when it captures: warm-up runs, then the captured one.
  private static final int EXECUTIONS_OF_A_CAPTURE = 3;

  private Session session;
  private NativeTensor counter;
  private NativeTensor overwritten;
  private long live;

  /// Advances `counter`, and overwrites `overwritten`, as a provider with CUDA graphs does.
  private final class FakeProvider implements Runnable {

    private boolean captured;
    private int executions;
    private boolean fails;

    @Override
    public void run() {
      int times = captured ? 1 : EXECUTIONS_OF_A_CAPTURE;
      for (int i = 0; i < times; i++) {
        long value = counter.memory().get(ValueLayout.JAVA_LONG, 0);
        counter.memory().set(ValueLayout.JAVA_LONG, 0, value + 1);
        overwritten.memory().set(ValueLayout.JAVA_LONG, 0, 10 * (value + 1));
        executions++;
      }
      if (fails) {
        throw new OnnxRuntimeException("capture failed");
      }
      captured = true;
    }
  }

  @BeforeEach
  void compile() {
    Graph graph = Graph.named("any");
    graph.output("y", graph.input("x", ElementType.INT64, 1), 1);
    session = Session.compile("any", graph, Device.CPU, 1);
    live = NativeTensor.live();
    counter = NativeTensor.ofLongs(new long[] {5}, 1);
    overwritten = NativeTensor.ofLongs(new long[1], 1);
  }

  @AfterEach
  void close() {
    counter.close();
    overwritten.close();
    assertThat(NativeTensor.live()).isEqualTo(live);
    session.close();
  }

  @Test
  void theFirstRunAdvancesItsStateOnceAlthoughCapturingExecutesItOften() {
    FakeProvider provider = new FakeProvider();
    CapturedRun run = CapturedRun.capturing(this::advance, provider, session, List.of(counter));

    run.run();
    assertThat(counter.toLongs()).containsExactly(6);
    assertThat(overwritten.toLongs()).containsExactly(60);
    run.run();
    assertThat(counter.toLongs()).containsExactly(7);
    assertThat(provider.executions).isEqualTo(EXECUTIONS_OF_A_CAPTURE + 2);
  }

  @Test
  void ordinaryRunsExecuteOnce() {
    FakeProvider provider = new FakeProvider();
    provider.captured = true;
    CapturedRun run = CapturedRun.ordinary(provider, session);

    run.run();

    assertThat(counter.toLongs()).containsExactly(6);
    assertThat(provider.executions).isEqualTo(1);
  }

  @Test
  void runsAreOrdinaryWhenCapturingFails() {
    FakeProvider provider = new FakeProvider();
    provider.fails = true;
    CapturedRun run = CapturedRun.capturing(this::advance, provider, session, List.of(counter));

    run.run();
    assertThat(counter.toLongs()).containsExactly(6);
    run.run();
    assertThat(counter.toLongs()).containsExactly(7);
    assertThat(provider.executions).isEqualTo(EXECUTIONS_OF_A_CAPTURE);
  }

  private void advance() {
    long value = counter.memory().get(ValueLayout.JAVA_LONG, 0);
    counter.memory().set(ValueLayout.JAVA_LONG, 0, value + 1);
  }
}
