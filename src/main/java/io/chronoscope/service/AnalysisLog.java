package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.AlertSuppressed;
import io.chronoscope.analysis.AnalysisEvent.AnswerReused;
import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisEvent.EventJudged;
import io.chronoscope.analysis.AnalysisEvent.EventOpened;
import io.chronoscope.analysis.AnalysisEvent.InputCompleted;
import io.chronoscope.analysis.AnalysisEvent.InputStarted;
import io.chronoscope.analysis.AnalysisEvent.MalformedAnswer;
import io.chronoscope.analysis.AnalysisEvent.MediaFetched;
import io.chronoscope.analysis.AnalysisEvent.MediaUnavailable;
import io.chronoscope.analysis.AnalysisEvent.PartialAnalysisCompleted;
import io.chronoscope.analysis.AnalysisEvent.Progress;
import io.chronoscope.analysis.AnalysisEvent.RuleEvaluated;
import io.chronoscope.analysis.AnalysisEvent.RulesSkipped;
import io.chronoscope.analysis.AnalysisEvent.SpanChecked;
import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisEvent.StreamEnded;
import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisEvent.StreamIdle;
import io.chronoscope.analysis.AnalysisEvent.StreamRevoked;
import io.chronoscope.analysis.AnalysisEvent.UnknownWords;
import io.chronoscope.analysis.AnalysisEvent.WindowAnalyzed;
import io.chronoscope.analysis.AnalysisEvent.WindowCompleted;
import io.chronoscope.analysis.AnalysisEvent.WindowEncoded;
import io.chronoscope.analysis.AnalysisEvent.WindowShed;
import io.chronoscope.analysis.AnalysisEvent.WindowSightings;
import io.chronoscope.analysis.AnalysisEvent.WindowStarted;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.domain.PrintableText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/// Logs the analysis: the message says what happened, key-value pairs say where (`stream`,
/// `sequence`, `reason`, …), `traceId` to which trace it belongs. In JSON the pairs are separate
/// fields.
final class AnalysisLog implements AnalysisListener {

  private static final Logger LOG = Logger.getLogger("io.chronoscope.analysis");
  private static final int MAX_LOGGED_RULES = 1000;
  private static final int MAX_LOGGED_SELECTIONS = 1000;

  private final Set<String> loggedSkippedRules = ConcurrentHashMap.newKeySet();
  private final Set<String> loggedSelections = ConcurrentHashMap.newKeySet();
  private final Function<String, Optional<String>> traceId;

  /// @param traceId the trace of a stream's work, if it is traced
  AnalysisLog(Function<String, Optional<String>> traceId) {
    this.traceId = traceId;
  }

  @Override
  public void on(AnalysisEvent event) {
    switch (event) {
      case MediaFetched media ->
          write(
              Logger.Level.DEBUG,
              "media fetched",
              of(
                  "uri", media.reference().uri(),
                  "bytes", media.reference().sizeBytes(),
                  "tookMs", media.took().toMillis()));
      case MediaUnavailable media ->
          write(
              Logger.Level.WARN,
              "media source cannot be reached, retrying",
              of("uri", media.reference().uri(), "problem", media.problem()));
      case ChunkDecoded chunk -> {
        chunk.facts().selection().ifPresent(said -> logSelection(chunk.stream(), said));
        write(
            Logger.Level.DEBUG,
            "chunk decoded",
            of(
                "stream", chunk.stream(),
                "codec", chunk.facts().codec(),
                "frames", chunk.facts().frames(),
                "damaged", chunk.facts().damagedFrames(),
                "sampled", chunk.sampledFrames(),
                "tookMs", chunk.took().toMillis()));
      }
      case ChunkRejected chunk ->
          write(
              Logger.Level.WARN,
              "chunk rejected",
              of(
                  "stream", chunk.stream(),
                  "reason", chunk.rejection().reason(),
                  "detail", chunk.rejection().detail()));
      case DuplicateChunkSkipped chunk ->
          write(
              Logger.Level.DEBUG,
              "chunk skipped",
              of("stream", chunk.stream(), "sequence", chunk.sequence()));
      case WindowShed window ->
          write(
              Logger.Level.DEBUG,
              "window shed: the stream is too far behind",
              of("stream", window.stream(), "window", window.window(), "level", window.level()));
      case WindowAnalyzed window ->
          write(
              Logger.Level.INFO,
              "window analyzed",
              of(
                  "stream", window.stream(),
                  "events", window.events(),
                  "fps", window.sampling().fps(),
                  "reason", window.sampling().reason(),
                  "tookMs", window.took().toMillis()));
      case MalformedAnswer answer ->
          write(
              switch (answer.outcome()) {
                case REPORTED, RETRIED -> Logger.Level.WARN;
                case REPAIRED -> Logger.Level.DEBUG;
              },
              switch (answer.outcome()) {
                case REPORTED -> "malformed answer";
                case RETRIED -> "malformed answer, retrying";
                case REPAIRED -> "malformed answer, repaired";
              },
              of("stream", answer.stream(), "problem", answer.problem()));
      case SpanChecked _, EventJudged _, WindowSightings _ -> {}
      case SpanRefused refused ->
          write(
              Logger.Level.DEBUG,
              "span refused by its check",
              of(
                  "stream", refused.stream(),
                  "query", refused.query(),
                  "score", refused.score(),
                  "spanScore", refused.spanScore()));
      case UnknownWords unknown ->
          write(
              Logger.Level.DEBUG,
              "the model's world does not have these words",
              of(
                  "stream", unknown.stream(),
                  "query", unknown.query(),
                  "words", unknown.words()));
      case RuleEvaluated evaluated ->
          write(
              Logger.Level.DEBUG,
              "rule evaluated",
              of(
                  "stream", evaluated.stream(),
                  "rule", evaluated.rule(),
                  "score", evaluated.score(),
                  "matches", evaluated.matches()));
      case RulesSkipped skipped -> rulesSkipped(skipped.stream(), skipped.rules());
      case AlertSuppressed alert ->
          write(
              Logger.Level.DEBUG,
              "alert suppressed by cool-down",
              of("stream", alert.stream(), "rule", alert.rule()));
      case StreamEnded ended ->
          write(Logger.Level.INFO, "stream ended", of("stream", ended.stream()));
      case StreamIdle idle -> write(Logger.Level.INFO, "stream idle", of("stream", idle.stream()));
      case StreamFailed failed ->
          LOG.errorf(failed.cause(), "stream failed stream=%s", PrintableText.of(failed.stream()));
      case InputStarted _,
          InputCompleted _,
          WindowStarted _,
          WindowCompleted _,
          WindowEncoded _,
          ChunkShed _,
          PartialAnalysisCompleted _,
          AnswerReused _,
          EventOpened _,
          Progress _,
          StreamRevoked _ -> {}
    }
  }

  private void rulesSkipped(String stream, List<String> rules) {
    for (String rule : rules) {
      if (loggedSkippedRules.size() < MAX_LOGGED_RULES && loggedSkippedRules.add(rule)) {
        write(
            Logger.Level.WARN,
            "rule skipped: more rules apply than chronoscope.rules.max-per-window; logged once",
            of("stream", stream, "rule", rule));
      }
    }
  }

  private static Map<String, Object> of(Object... keysAndValues) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return values;
  }

  private void write(Logger.Level level, String message, Map<String, Object> values) {
    if (!LOG.isEnabled(level)) {
      return;
    }
    if (values.get("stream") instanceof String stream) {
      traceId.apply(stream).ifPresent(id -> values.put("traceId", id));
    }
    values.forEach((field, value) -> {
      if (value instanceof Number) {
        TypedLogFields.isNumber(field);
      }
      MDC.put(field, value);
    });
    try {
      LOG.log(
          level,
          message
              + values.entrySet().stream()
                  .map(value ->
                      value.getKey() + "=" + PrintableText.of(String.valueOf(value.getValue())))
                  .collect(Collectors.joining(" ", " ", "")));
    } finally {
      values.keySet().forEach(MDC::remove);
    }
  }

  /// Once for each stream.
  private void logSelection(String stream, String said) {
    if (loggedSelections.size() < MAX_LOGGED_SELECTIONS && loggedSelections.add(stream)) {
      write(Logger.Level.INFO, "video track selected", of("stream", stream, "selection", said));
    }
  }
}
