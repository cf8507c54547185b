package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chronoscope.cli.bench.checkpoint.ModelShape;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.testing.LampModel;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ModelWorkloadsTest {

  private static final ModelShape SHAPE = ModelShape.TINY;

  private final AtomicLong nanos = new AtomicLong();
  private final Stopwatch stopwatch = new Stopwatch(nanos::get, nanos::get);
  private final FakeEngine engine = new FakeEngine();
  private final ModelWorkloads workloads =
      new ModelWorkloads(engine, new ModelWork(SHAPE.vision(), SHAPE.text(), 4), stopwatch);

  /// Takes 100 ms to encode or prefill, and 10 ms for each token after the first.
  private final class FakeEngine extends LampModel {

    private final List<String> shapes = new ArrayList<>();
    private boolean reportsTokensTogether;
    private int stopsAfter = Integer.MAX_VALUE;

    @Override
    public List<EncodedPair> encode(List<FramePair> pairs) {
      FramePair first = pairs.getFirst();
      shapes.add(
          "%d x %dx%d".formatted(pairs.size(), first.first().widthPx(), first.first().heightPx()));
      nanos.addAndGet(100_000_000);
      return super.encode(pairs);
    }

    @Override
    public List<Answer> generate(List<Prompt> prompts) {
      Prompt prompt = prompts.getFirst();
      int tokens = promptTokens(prompt);
      int generated = Math.min(stopsAfter, prompt.maxNewTokens());
      shapes.add("%d x %d + %d".formatted(prompts.size(), tokens, generated));
      nanos.addAndGet(100_000_000);
      if (reportsTokensTogether) {
        nanos.addAndGet(10_000_000L * (generated - 1));
      }
      for (int token = 0; token < generated; token++) {
        if (token > 0 && !reportsTokensTogether) {
          nanos.addAndGet(10_000_000);
        }
        int generatedToken = token;
        prompts.forEach(each -> each.onToken().accept(generatedToken));
      }
      Answer answer =
          new Answer(
              Collections.nCopies(tokens, 5),
              Collections.nCopies(generated, 7),
              "text",
              Answer.End.LIMIT,
              0,
              List.of());
      return Collections.nCopies(prompts.size(), answer);
    }

    private static int promptTokens(Prompt prompt) {
      int tokens = 0;
      for (Prompt.Part part : prompt.parts()) {
        tokens +=
            switch (part) {
              case Prompt.Part.Text(String text) -> text.split(" ", -1).length;
              case Prompt.Part.Image(EncodedPair pair) -> pair.tokens();
              case Prompt.Part.Video video ->
                  video.pairs().stream().mapToInt(EncodedPair::tokens).sum();
            };
      }
      return tokens;
    }
  }

  @Test
  void encodesTheShapeOfTheRowOnlyAfterTheWarmUp() {
    Workload workload = workloads.encoder(new PlannedRow.Encoder(new FrameSize(56, 28), 3));
    workload.warmUp();
    assertThat(engine.shapes).containsExactly("3 x 84x28");

    Workload.Outcome run = workload.run();

    assertThat(engine.shapes.getLast()).isEqualTo("3 x 56x28");
    assertThat(run.items()).isEqualTo(6);
    assertThat(run.cost().seconds()).isEqualTo(0.1, within(1e-9));
    assertThat(run.dimensions()).hasToString("3 x 56x28");
  }

  @Test
  void prefillsAnotherLengthForTheWarmUp() {
    Workload workload = workloads.prefill(new PlannedRow.Prefill(new PromptShape(2, 3, 5), 4));
    workload.warmUp();
    Workload.Outcome run = workload.run();

    int words = 12 + 5;
    assertThat(engine.shapes)
        .containsExactly("4 x %d + 1".formatted(27 + words), "4 x %d + 1".formatted(18 + words));
    assertThat(run.items()).isEqualTo(4 * (18 + words));
    assertThat(run.dimensions()).hasToString("4 x %d + 1".formatted(18 + words));
  }

  @Test
  void timesDecodingFromTheFirstTokenOn() {
    Workload workload = decode();
    workload.warmUp();
    int calls = engine.shapes.size();
    Workload.Outcome run = workload.run();

    assertThat(engine.shapes).hasSize(calls + 1);
    assertThat(run.cost().seconds()).isEqualTo(0.16, within(1e-9));
    assertThat(run.items()).isEqualTo(2 * 16);
    assertThat(run.dimensions().newTokens()).hasValue(16);
  }

  @Test
  void timesDecodingByTheDifferenceWhereTokensComeTogether() {
    engine.reportsTokensTogether = true;
    Workload workload = decode();
    workload.warmUp();
    Workload.Outcome run = workload.run();

    assertThat(engine.shapes.reversed().subList(0, 2))
        .extracting(shape -> shape.substring(shape.indexOf('+')))
        .containsExactly("+ 17", "+ 1");
    assertThat(run.cost().seconds()).isEqualTo(0.16, within(1e-9));
    assertThat(run.items()).isEqualTo(2 * 16);
  }

  @Test
  void measuresTheTokensOfAnAnswerThatEndsEarly() {
    engine.stopsAfter = 5;
    Workload workload = decode();
    workload.warmUp();
    Workload.Outcome run = workload.run();

    assertThat(run.items()).isEqualTo(2 * 4);
    assertThat(run.cost().seconds()).isEqualTo(0.04, within(1e-9));
  }

  private Workload decode() {
    return workloads.decode(new PlannedRow.Decode(new PromptShape(2, 3, 5), 2, 17));
  }

  @Test
  void timesAnAnswerFromFramesToText() {
    Workload workload = workloads.answer(new PlannedRow.Answer(new FrameSize(28, 28), 2, 17));
    workload.warmUp();
    Workload.Outcome run = workload.run();

    assertThat(engine.shapes.subList(0, 1)).containsExactly("3 x 28x28");
    assertThat(engine.shapes.get(2)).isEqualTo("2 x 28x28");
    assertThat(run.cost().seconds()).isEqualTo(0.36, within(1e-9));
    assertThat(run.works()).hasSize(3);
    assertThat(run.dimensions()).hasToString("2 x 28x28 + 17");
  }
}
