package io.chronoscope.analysis;

/// Receives what happens during analysis, for metrics, traces, logs and progress.
///
/// A stream's events arrive in order on that stream's thread; streams report concurrently. Some
/// kinds may also arrive on other threads:
///
/// - [AnalysisEvent.MalformedAnswer], [AnalysisEvent.SpanRefused] and [AnalysisEvent.RuleEvaluated]
///   may arrive on the model's threads, but before the event with which the stream's thread
///   completes the analysis that they belong to.
/// - Questions about retained video report [AnalysisEvent.WindowEncoded],
///   [AnalysisEvent.MalformedAnswer], [AnalysisEvent.SpanRefused] and the fetching of media on
///   their own threads, with the name of the stream they read, while that stream may be in
///   progress.
///
/// Implementations are therefore thread-safe. They must neither block nor throw: an exception fails
/// the stream that reports.
@FunctionalInterface
public interface AnalysisListener {

  AnalysisListener SILENT = event -> {};

  void on(AnalysisEvent event);

  /// Passes each event to this listener and then to the next, on the same thread.
  default AnalysisListener andThen(AnalysisListener next) {
    return event -> {
      on(event);
      next.on(event);
    };
  }
}
