package io.chronoscope.service;

import io.chronoscope.batching.BatchListener;
import io.chronoscope.vlm.Answer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/// Metrics of what the model computes together, over all streams.
final class BatchMetrics implements BatchListener {

  private final DistributionSummary encoderBatch;
  private final DistributionSummary decoderBatch;
  private final Counter promptComputed;
  private final Counter promptReused;
  private final Counter draftsAccepted;
  private final Counter draftsRejected;

  BatchMetrics(MeterRegistry registry) {
    this.encoderBatch = batchSize(registry, "encoder");
    this.decoderBatch = batchSize(registry, "decoder");
    this.promptComputed = promptTokens(registry, "computed");
    this.promptReused = promptTokens(registry, "reused");
    this.draftsAccepted = draftTokens(registry, "accepted");
    this.draftsRejected = draftTokens(registry, "rejected");
  }

  private static DistributionSummary batchSize(MeterRegistry registry, String stage) {
    return DistributionSummary.builder("chronoscope.batch.size")
        .description("Pairs or prompts computed together, by stage")
        .tag("stage", stage)
        .register(registry);
  }

  private static Counter promptTokens(MeterRegistry registry, String outcome) {
    return Counter.builder("chronoscope.prompt.tokens")
        .description("Tokens of prompts, computed or reused from a beginning")
        .tag("outcome", outcome)
        .register(registry);
  }

  private static Counter draftTokens(MeterRegistry registry, String outcome) {
    return Counter.builder("chronoscope.draft.tokens")
        .description("Tokens proposed for answers, accepted or rejected by the model")
        .tag("outcome", outcome)
        .register(registry);
  }

  @Override
  public void encoderBatch(int pairs) {
    encoderBatch.record(pairs);
  }

  @Override
  public void decoderBatch(int prompts) {
    decoderBatch.record(prompts);
  }

  @Override
  public void promptAnswered(Answer answer) {
    promptReused.increment(answer.reusedTokens());
    promptComputed.increment(answer.promptTokenIds().size() - (double) answer.reusedTokens());
    draftsAccepted.increment(answer.drafts().accepted());
    draftsRejected.increment(answer.drafts().proposed() - (double) answer.drafts().accepted());
  }
}
