package io.chronoscope.cli.bench.engine;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import java.util.ArrayList;
import java.util.List;

/// The rows that run the model: encoder, prefill, decode and whole answers.
///
/// @param work what the model's arithmetic requires
record ModelWorkloads(VideoLanguageModel model, ModelWork work, Stopwatch stopwatch) {

  /// Words of an answer row's question.
  private static final int QUESTION_WORDS = 40;

  /// The model's side of a token in pixels: the step between two frame sizes.
  private int step() {
    return work.vision().tokenSizePx();
  }

  Workload encoder(PlannedRow.Encoder row) {
    FrameSize size = row.size();
    FrameSize wider = new FrameSize(size.widthPx() + step(), size.heightPx());
    return new Workload() {
      @Override
      public void warmUp() {
        encode(wider);
      }

      @Override
      public Outcome run() {
        return new Outcome(
            encode(size),
            Dimensions.ofFrames(size, row.batch()),
            2.0 * row.batch(),
            List.of(work.encoder(size, row.batch())));
      }

      private Cost encode(FrameSize at) {
        try (TestPictures pictures = TestPictures.of(at, 2 * row.batch())) {
          return stopwatch.time(() -> model.encode(pictures.pairs()));
        }
      }
    };
  }

  /// Warms up with a short prompt: a long one takes minutes on a CPU.
  Workload longPrompt(PromptShape shape) {
    return prefill(prompts(new PromptShape(1, shape.gridSide(), 1), 1), prompts(shape, 1));
  }

  Workload prefill(PlannedRow.Prefill row) {
    return prefill(prompts(row.prompt().longer(), row.batch()), prompts(row.prompt(), row.batch()));
  }

  private Workload prefill(List<Prompt> warmUp, List<Prompt> prompts) {
    int batch = prompts.size();
    return new Workload() {
      @Override
      public void warmUp() {
        model.generate(warmUp);
      }

      @Override
      public Outcome run() {
        List<Answer> answers = new ArrayList<>();
        Cost cost = stopwatch.time(() -> answers.addAll(model.generate(prompts)));
        int tokens = answers.getFirst().promptTokenIds().size();
        return new Outcome(
            cost,
            Dimensions.ofPrompts(tokens, 1, batch),
            (double) batch * tokens,
            List.of(work.prefill(tokens, batch)));
      }
    };
  }

  Workload decode(PlannedRow.Decode row) {
    return new DecodeWorkload(model, work, stopwatch, row);
  }

  Workload rules(PlannedRow.Rules row) {
    return new Workload() {
      @Override
      public void warmUp() {
        ask(row.video().longer());
      }

      @Override
      public Outcome run() {
        List<Answer> answers = new ArrayList<>();
        Cost cost = ask(row.video(), answers);
        int tokens = answers.getFirst().promptTokenIds().size();
        return new Outcome(
            cost,
            Dimensions.ofPrompts(tokens, 1, row.rules()),
            row.rules(),
            answers.stream()
                .map(answer ->
                    work.continuation(answer.reusedTokens(), answer.promptTokenIds().size()))
                .toList());
      }

      private void ask(PromptShape shape) {
        ask(shape, new ArrayList<>());
      }

      private Cost ask(PromptShape shape, List<Answer> answers) {
        // A new video for each run, so that none is in the cache.
        List<Prompt> prompts = new TestPrompts(work.text().hiddenSize()).rules(shape, row.rules());
        return stopwatch.time(() -> answers.addAll(model.generate(prompts)));
      }
    };
  }

  Workload answer(PlannedRow.Answer row) {
    return new Workload() {
      @Override
      public void warmUp() {
        answer(row.pairs() + 1, new ArrayList<>());
      }

      @Override
      public Outcome run() {
        List<Answer> answers = new ArrayList<>();
        Cost cost = answer(row.pairs(), answers);
        int tokens = answers.getFirst().promptTokenIds().size();
        int generated = answers.getFirst().tokenIds().size();
        return new Outcome(
            cost,
            Dimensions.ofFrames(row.size(), row.pairs()).withTokens(tokens, generated),
            1,
            List.of(
                work.encoder(row.size(), row.pairs()),
                work.prefill(tokens, 1),
                work.decodeStep(tokens + generated / 2.0, 1).times(generated - 1)));
      }

      private Cost answer(int pairs, List<Answer> answers) {
        try (TestPictures pictures = TestPictures.of(row.size(), 2 * pairs)) {
          return stopwatch.time(() -> {
            List<EncodedPair> encoded = model.encode(pictures.pairs());
            answers.addAll(
                model.generate(
                    List.of(
                        TestPrompts.video(encoded, QUESTION_WORDS, row.newTokens(), token -> {}))));
          });
        }
      }
    };
  }

  private List<Prompt> prompts(PromptShape shape, int count) {
    return new TestPrompts(work.text().hiddenSize()).of(shape, count, 1, token -> {});
  }
}
