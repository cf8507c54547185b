package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput.Media;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Tells several listeners in turn.
public record CompositeListener(List<AnalysisListener> all) implements AnalysisListener {

  public CompositeListener(AnalysisListener... all) {
    this(List.of(all));
  }

  private void each(Consumer<AnalysisListener> word) {
    all.forEach(word);
  }

  @Override
  public void inputTaken(String stream, ChunkOrigin origin) {
    each(listener -> listener.inputTaken(stream, origin));
  }

  @Override
  public void inputDone(String stream) {
    each(listener -> listener.inputDone(stream));
  }

  @Override
  public void windowBegun(String stream, long window, List<ChunkOrigin> chunks) {
    each(listener -> listener.windowBegun(stream, window, chunks));
  }

  @Override
  public void windowLeftOut(String stream, long window, int level) {
    each(listener -> listener.windowLeftOut(stream, window, level));
  }

  @Override
  public void windowDone(String stream, long window) {
    each(listener -> listener.windowDone(stream, window));
  }

  @Override
  public void mediaFetched(Media.Reference reference, Duration took) {
    each(listener -> listener.mediaFetched(reference, took));
  }

  @Override
  public void mediaUnreachable(Media.Reference reference, String problem) {
    each(listener -> listener.mediaUnreachable(reference, problem));
  }

  @Override
  public void chunkDecoded(String stream, MediaFacts facts, int candidates, Duration took) {
    each(listener -> listener.chunkDecoded(stream, facts, candidates, took));
  }

  @Override
  public void chunkRejected(String stream, Rejection rejection) {
    each(listener -> listener.chunkRejected(stream, rejection));
  }

  @Override
  public void chunkLeftOut(String stream, long sequence) {
    each(listener -> listener.chunkLeftOut(stream, sequence));
  }

  @Override
  public void chunkSkipped(String stream, long sequence) {
    each(listener -> listener.chunkSkipped(stream, sequence));
  }

  @Override
  public void windowEncoded(String stream, int pairs, int reused, Duration took) {
    each(listener -> listener.windowEncoded(stream, pairs, reused, took));
  }

  @Override
  public void windowAnswered(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took) {
    each(listener -> listener.windowAnswered(stream, sampling, events, generatedTokens, took));
  }

  @Override
  public void lookedEarly(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took) {
    each(listener -> listener.lookedEarly(stream, sampling, events, generatedTokens, took));
  }

  @Override
  public void eventOpened(String stream, Duration latency, Duration sinceItBegan) {
    each(listener -> listener.eventOpened(stream, latency, sinceItBegan));
  }

  @Override
  public void answerBroken(String stream, String problem, boolean last) {
    each(listener -> listener.answerBroken(stream, problem, last));
  }

  @Override
  public void ruleJudged(String stream, String rule, double score, boolean happens) {
    each(listener -> listener.ruleJudged(stream, rule, score, happens));
  }

  @Override
  public void rulesLeftOut(String stream, List<String> rules) {
    each(listener -> listener.rulesLeftOut(stream, rules));
  }

  @Override
  public void alertCooled(String stream, String rule) {
    each(listener -> listener.alertCooled(stream, rule));
  }

  @Override
  public void progress(String stream, long analysedMicros, long arrivedMicros) {
    each(listener -> listener.progress(stream, analysedMicros, arrivedMicros));
  }

  @Override
  public void streamEnded(String stream) {
    each(listener -> listener.streamEnded(stream));
  }

  @Override
  public void streamRests(String stream) {
    each(listener -> listener.streamRests(stream));
  }

  @Override
  public void streamLeft(String stream) {
    each(listener -> listener.streamLeft(stream));
  }

  @Override
  public void streamFailed(String stream, Throwable cause) {
    each(listener -> listener.streamFailed(stream, cause));
  }
}
