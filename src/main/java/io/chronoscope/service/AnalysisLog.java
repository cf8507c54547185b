package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput.Media;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/// What the analysis does, as log records: the message says what, key-values say which (`stream`,
/// `sequence`, `reason`, …). In JSON they are fields of their own.
final class AnalysisLog implements AnalysisListener {

  private static final Logger LOG = Logger.getLogger("io.chronoscope.analysis");
  private static final int MOST_LEFT_OUT = 1000;

  private final Set<String> saidLeftOut = ConcurrentHashMap.newKeySet();

  @Override
  public void mediaFetched(Media.Reference reference, Duration took) {
    write(
        Logger.Level.DEBUG,
        "media fetched",
        of(
            "uri", reference.uri(),
            "bytes", reference.sizeBytes(),
            "tookMs", took.toMillis()));
  }

  @Override
  public void mediaUnreachable(Media.Reference reference, String problem) {
    write(
        Logger.Level.WARN,
        "media cannot be reached, trying again",
        of("uri", reference.uri(), "problem", problem));
  }

  @Override
  public void chunkDecoded(String stream, MediaFacts facts, int candidates, Duration took) {
    write(
        Logger.Level.DEBUG,
        "chunk decoded",
        of(
            "stream", stream,
            "codec", facts.codec(),
            "frames", facts.frames(),
            "damaged", facts.damagedFrames(),
            "sampled", candidates,
            "tookMs", took.toMillis()));
  }

  @Override
  public void chunkRejected(String stream, Rejection rejection) {
    write(
        Logger.Level.WARN,
        "chunk rejected",
        of("stream", stream, "reason", rejection.reason(), "detail", rejection.detail()));
  }

  @Override
  public void chunkSkipped(String stream, long sequence) {
    write(Logger.Level.DEBUG, "chunk skipped", of("stream", stream, "sequence", sequence));
  }

  @Override
  public void windowLeftOut(String stream, long window, int level) {
    write(
        Logger.Level.DEBUG,
        "window left out: too far behind",
        of("stream", stream, "window", window, "level", level));
  }

  @Override
  public void windowAnswered(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took) {
    write(
        Logger.Level.INFO,
        "window answered",
        of(
            "stream", stream,
            "events", events,
            "fps", sampling.fps(),
            "why", sampling.reason(),
            "tookMs", took.toMillis()));
  }

  @Override
  public void answerBroken(String stream, String problem, boolean last) {
    write(
        Logger.Level.WARN,
        last ? "answer unusable" : "answer unusable, asking again",
        of("stream", stream, "problem", problem));
  }

  @Override
  public void ruleJudged(String stream, String rule, double score, boolean happens) {
    write(
        Logger.Level.DEBUG,
        "rule judged",
        of("stream", stream, "rule", rule, "score", score, "happens", happens));
  }

  @Override
  public void rulesLeftOut(String stream, List<String> rules) {
    for (String rule : rules) {
      if (saidLeftOut.size() < MOST_LEFT_OUT && saidLeftOut.add(rule)) {
        write(
            Logger.Level.WARN,
            "rule left out: more rules match than chronoscope.rules.max-per-window; said once",
            of("stream", stream, "rule", rule));
      }
    }
  }

  @Override
  public void alertCooled(String stream, String rule) {
    write(Logger.Level.DEBUG, "alert kept back by cool-down", of("stream", stream, "rule", rule));
  }

  @Override
  public void streamEnded(String stream) {
    write(Logger.Level.INFO, "stream ended", of("stream", stream));
  }

  @Override
  public void streamRests(String stream) {
    write(Logger.Level.INFO, "stream rests", of("stream", stream));
  }

  @Override
  public void streamFailed(String stream, Throwable cause) {
    LOG.errorf(cause, "stream failed stream=%s", stream);
  }

  private static Map<String, Object> of(Object... keysAndValues) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return values;
  }

  private static void write(Logger.Level level, String message, Map<String, Object> values) {
    if (!LOG.isEnabled(level)) {
      return;
    }
    values.forEach(MDC::put);
    try {
      LOG.log(
          level,
          message
              + values.entrySet().stream()
                  .map(value -> value.getKey() + "=" + value.getValue())
                  .collect(Collectors.joining(" ", " ", "")));
    } finally {
      values.keySet().forEach(MDC::remove);
    }
  }
}
