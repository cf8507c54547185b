package io.chronoscope.cli.bench.engine;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.VideoLanguageModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decoding without prefill: from the first token to the last one.
///
/// An engine that reports the first token when prefill is done is timed from that report on. One
/// that reports all tokens together at the end (as on CUDA today) is timed by the difference to an
/// answer of one token. A model that ends its answers early is measured over the tokens that it
/// generates.
final class DecodeWorkload implements Workload {

  /// Share of an answer's time between its first and last token below which they came together.
  private static final double TOGETHER = 0.01;

  private final VideoLanguageModel model;
  private final ModelWork work;
  private final Stopwatch stopwatch;
  private final PlannedRow.Decode row;
  private final TestPrompts prompts;
  private boolean tokensComeTogether;

  DecodeWorkload(
      VideoLanguageModel model, ModelWork work, Stopwatch stopwatch, PlannedRow.Decode row) {
    this.model = model;
    this.work = work;
    this.stopwatch = stopwatch;
    this.row = row;
    this.prompts = new TestPrompts(work.text().hiddenSize());
  }

  /// One call of the model.
  ///
  /// @param whole the call
  /// @param sinceFirstToken from the first token's report to the end of the call
  /// @param sinceLastToken from the last token's report to the end of the call
  private record Call(List<Answer> answers, Cost whole, Cost sinceFirstToken, Cost sinceLastToken) {

    double betweenTokens() {
      return sinceFirstToken.minus(sinceLastToken).seconds();
    }

    int newTokens() {
      return answers.stream().mapToInt(answer -> answer.tokenIds().size()).max().orElseThrow();
    }
  }

  /// The times of tokens, of all sequences of a batch. Decoding starts when each sequence has its
  /// first token: an engine may compute prompts one after the other.
  private final class TokenTimes {

    private int tokens;
    private @Nullable Cost first;
    private @Nullable Cost last;

    void add() {
      last = stopwatch.now();
      if (++tokens == row.batch()) {
        first = last;
      }
    }

    Cost sinceFirst(Cost end) {
      return first == null ? new Cost(0, 0) : end.minus(first);
    }

    Cost sinceLast(Cost end) {
      return last == null ? new Cost(0, 0) : end.minus(last);
    }
  }

  @Override
  public void warmUp() {
    Call call = generate(row.prompt().longer(), row.newTokens());
    tokensComeTogether = call.betweenTokens() < TOGETHER * call.whole().seconds();
    // After this its prefill has been seen, so that the first run has new lengths only in decoding.
    generate(row.prompt(), 1);
  }

  @Override
  public Outcome run() {
    Cost prefill = tokensComeTogether ? generate(row.prompt(), 1).whole() : new Cost(0, 0);
    Call call = generate(row.prompt(), row.newTokens());
    int context = call.answers().getFirst().promptTokenIds().size();
    int steps = call.newTokens() - 1;
    return new Outcome(
        tokensComeTogether ? call.whole().minus(prefill) : call.sinceFirstToken(),
        Dimensions.ofPrompts(context, steps, row.batch()),
        (double) row.batch() * steps,
        List.of(work.decodeStep(context + steps / 2.0, row.batch()).times(steps)));
  }

  private Call generate(PromptShape shape, int newTokens) {
    TokenTimes times = new TokenTimes();
    Cost start = stopwatch.now();
    List<Answer> answers =
        model.generate(prompts.of(shape, row.batch(), newTokens, token -> times.add()));
    Cost end = stopwatch.now();
    return new Call(answers, end.minus(start), times.sinceFirst(end), times.sinceLast(end));
  }
}
