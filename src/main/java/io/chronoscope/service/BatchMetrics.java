package io.chronoscope.service;

import io.chronoscope.batching.BatchListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/// Metrics of what the model computes together, over all streams.
final class BatchMetrics implements BatchListener {

  private final DistributionSummary encoderBatch;
  private final DistributionSummary decoderBatch;
  private final Counter promptComputed;
  private final Counter promptReused;

  BatchMetrics(MeterRegistry registry) {
    this.encoderBatch = batchSize(registry, "encoder");
    this.decoderBatch = batchSize(registry, "decoder");
    this.promptComputed = promptTokens(registry, "computed");
    this.promptReused = promptTokens(registry, "reused");
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

  @Override
  public void encoderBatch(int pairs) {
    encoderBatch.record(pairs);
  }

  @Override
  public void decoderBatch(int prompts) {
    decoderBatch.record(prompts);
  }

  @Override
  public void promptAnswered(int tokens, int reused) {
    promptComputed.increment(tokens - (double) reused);
    promptReused.increment(reused);
  }
}
