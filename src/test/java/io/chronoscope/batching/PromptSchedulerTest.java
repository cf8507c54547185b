package io.chronoscope.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.Prompt;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/// Scheduling in simulated time: a part of a prompt and a step take as long as a model would, but
/// on a clock that the test advances.
class PromptSchedulerTest {

  private static final int PART = 100;
  private static final long NANOS_PER_PROMPT_TOKEN = 1_000_000;
  private static final long NANOS_PER_STEP = 20_000_000;

  /// A prompt's text is its number of tokens; its answer has as many tokens as it allows.
  private final class SimulatedModel implements Decoding {

    private final List<Simulated> generating = new ArrayList<>();
    private int tokensPerStep = 1;
    private boolean closed;

    private final class Simulated implements InProgress {
      private final int promptTokens;
      private final int maxNewTokens;
      private int computed;
      private int generated;

      Simulated(Prompt prompt) {
        this.promptTokens = Integer.parseInt(((Prompt.Part.Text) prompt.parts().getFirst()).text());
        this.maxNewTokens = prompt.maxNewTokens();
      }

      @Override
      public boolean isPrefilled() {
        return computed == promptTokens;
      }

      @Override
      public boolean hasEnded() {
        return generated == maxNewTokens;
      }

      @Override
      public int generatedTokens() {
        return generated;
      }

      @Override
      public Answer answer() {
        assertThat(hasEnded()).isTrue();
        return new Answer(
            Collections.nCopies(promptTokens, 1),
            Collections.nCopies(generated, 2),
            "",
            Answer.End.COMPLETE,
            0,
            List.of());
      }
    }

    @Override
    public InProgress start(Prompt prompt) {
      return new Simulated(prompt);
    }

    @Override
    public int prefill(InProgress prompt) {
      Simulated simulated = (Simulated) prompt;
      int part = Math.min(PART, simulated.promptTokens - simulated.computed);
      simulated.computed += part;
      nanos += part * NANOS_PER_PROMPT_TOKEN;
      if (simulated.isPrefilled()) {
        simulated.generated = 1;
        if (!simulated.hasEnded()) {
          generating.add(simulated);
        }
      }
      return part;
    }

    @Override
    public void decode() {
      nanos += NANOS_PER_STEP;
      generating.forEach(prompt ->
          prompt.generated = Math.min(prompt.maxNewTokens, prompt.generated + tokensPerStep));
      generating.removeIf(InProgress::hasEnded);
    }

    @Override
    public void abandon(InProgress prompt) {
      generating.remove(prompt);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private long nanos;
  private final SimulatedModel model = new SimulatedModel();
  private final List<Integer> batches = new ArrayList<>();
  private final PromptScheduler scheduler =
      new PromptScheduler(
          model,
          4,
          new BatchListener() {
            @Override
            public void decoderBatch(int prompts) {
              batches.add(prompts);
            }
          },
          () -> nanos);

  /// When each answer came, in seconds, by name.
  private final Map<String, Double> answeredAt = new LinkedHashMap<>();

  private CompletableFuture<Answer> submit(
      String name, String stream, int promptTokens, int maxNewTokens, Priority priority) {
    CompletableFuture<Answer> result = new CompletableFuture<>();
    Prompt prompt =
        Prompt.of(List.of(new Prompt.Part.Text(Integer.toString(promptTokens))), maxNewTokens);
    scheduler.add(stream, prompt, priority, result);
    return result.whenComplete((answer, failure) -> answeredAt.put(name, nanos / 1e9));
  }

  private void finish() {
    while (!scheduler.isIdle()) {
      scheduler.step();
    }
  }

  @Test
  void aHotStreamStarvesNobody() {
    for (int i = 0; i < 500; i++) {
      submit("hot-" + i, "hot", 600, 50, Priority.LIVE);
    }
    Map<String, Double> submittedAt = new HashMap<>();
    int round = 0;
    for (int second = 0; second < 200; second++) {
      while (nanos < second * 1_000_000_000L) {
        scheduler.step();
      }
      if (second % 20 == 5) {
        for (int camera = 0; camera < 3; camera++) {
          String name = "camera-" + camera + "-" + round;
          submittedAt.put(name, nanos / 1e9);
          submit(name, "camera-" + camera, 600, 50, Priority.LIVE);
        }
        round++;
      }
    }
    finish();

    // Alone, an answer takes 0.6 s for its prompt and 1 s for its tokens; with four slots in use a
    // prompt waits for a slot, and the tokens wait for parts of other prompts in between.
    submittedAt.forEach(
        (name, since) -> assertThat(answeredAt.get(name) - since).as("%s", name).isLessThan(20));
    double lastHot =
        answeredAt.entrySet().stream()
            .filter(answer -> answer.getKey().startsWith("hot"))
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElseThrow();
    assertThat(answeredAt.entrySet().stream().filter(answer -> answer.getValue() < 200).count())
        .as("the hot stream goes on")
        .isGreaterThan(submittedAt.size() + 50);
    assertThat(lastHot).isGreaterThan(200);
  }

  @Test
  void sequencesJoinAndLeaveTheRunningBatch() {
    submit("long", "a", 100, 40, Priority.LIVE);
    submit("short", "b", 100, 4, Priority.LIVE);
    submit("late", "c", 300, 10, Priority.LIVE);
    finish();
    assertThat(answeredAt.keySet()).containsExactly("short", "late", "long");
    assertThat(batches).startsWith(1, 2, 2, 2).contains(2).endsWith(1);
    assertThat(batches).hasSize(39);
  }

  @Test
  void chargesEachTokenOfAStepThatYieldsSeveral() {
    model.tokensPerStep = 4;
    submit("a", "a", 100, 41, Priority.LIVE);
    submit("b", "b", 300, 1, Priority.LIVE);
    finish();
    assertThat(batches).hasSize(10);
    // The stream a has received 100 + 41 * 8 tokens' worth, b 300.
    submit("next of a", "a", 100, 1, Priority.LIVE);
    submit("next of b", "b", 100, 1, Priority.LIVE);
    finish();
    assertThat(answeredAt.keySet()).endsWith("next of b", "next of a");
  }

  @Test
  void answersOfOneTokenNeedNoSlot() {
    for (int i = 0; i < 4; i++) {
      submit("long-" + i, "stream-" + i, 100, 100, Priority.LIVE);
    }
    submit("waiting", "stream-5", 100, 100, Priority.LIVE);
    submit("yes-or-no", "stream-6", 100, 1, Priority.LIVE);
    finish();
    assertThat(answeredAt.keySet()).startsWith("yes-or-no").endsWith("waiting");
    assertThat(batches).contains(4).doesNotContain(5);
  }

  @Test
  void aLongPromptStopsNeitherAnswersNorOtherPrompts() {
    submit("answer", "a", 100, 30, Priority.LIVE);
    scheduler.step();
    submit("long", "b", 20_000, 1, Priority.LIVE);
    submit("other", "c", 300, 1, Priority.LIVE);
    finish();
    assertThat(answeredAt.keySet()).containsExactly("other", "answer", "long");
    assertThat(answeredAt.get("other")).isLessThan(1.0);
  }

  @Test
  void backgroundPromptsYieldButAreNotStarved() {
    CompletableFuture<Answer> question = submit("question", "q", 100, 10, Priority.BACKGROUND);
    for (int i = 0; i < 100; i++) {
      submit("live-" + i, "a", 400, 1, Priority.LIVE);
    }
    finish();
    assertThat(question).isCompleted();
    assertThat(answeredAt.get("question"))
        .isBetween(Batcher.MAX_BACKGROUND_WAIT.toSeconds() * 1.0, 6.0);
    assertThat(answeredAt.get("live-0")).isLessThan(1.0);
  }

  @Test
  void backgroundAnswersLeaveSlotsForLiveOnes() {
    for (int i = 0; i < 3; i++) {
      submit("question-" + i, "q" + i, 100, 50, Priority.BACKGROUND);
    }
    finish();
    assertThat(batches).containsOnly(1);
  }

  @Test
  void rejectsWhatHasNotEnded() {
    CompletableFuture<Answer> generating = submit("generating", "a", 100, 50, Priority.LIVE);
    CompletableFuture<Answer> prefilling = submit("prefilling", "b", 1000, 1, Priority.LIVE);
    scheduler.step();
    scheduler.step();
    scheduler.reject(new RejectedExecutionException("closed"));
    assertThat(model.generating).isEmpty();
    assertThat(scheduler.isIdle()).isTrue();
    for (CompletableFuture<Answer> result : List.of(generating, prefilling)) {
      assertThatThrownBy(result::join).hasCauseInstanceOf(RejectedExecutionException.class);
    }
  }

  @Test
  void theThreadClosesWhatItDecodesWith() {
    ContinuousDecoder decoder = new ContinuousDecoder(model, 2, BatchListener.SILENT);
    Prompt prompt = Prompt.of(List.of(new Prompt.Part.Text("50")), 3);
    assertThat(decoder.submit("a", prompt, Priority.LIVE).join().tokenIds()).hasSize(3);
    decoder.close();
    assertThat(model.closed).isTrue();
    assertThatThrownBy(() -> decoder.submit("a", prompt, Priority.LIVE).join())
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }
}
