package io.chronoscope.analysis.window;

import io.chronoscope.analysis.AnalysisEvent.SpanRefused;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.window.EventAnswer.ParsedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/// Asks once more about events that no other window can confirm, about their spans alone, and
/// leaves out those that the model does not stand by. What a neighbor sees, too, is judged by their
/// agreement instead. Thread-safe.
final class EventCheck {

  private static final int PRESENCE_TOKENS = 1;

  private final String stream;
  private final double threshold;
  private final long overlapMicros;
  private final long strideMicros;
  private final AnalysisListener listener;

  EventCheck(String stream, AnalysisSettings settings, AnalysisListener listener) {
    this.stream = stream;
    this.threshold = settings.events().checkThreshold();
    this.overlapMicros = settings.windows().overlap().toNanos() / 1000;
    this.strideMicros = settings.windows().strideMicros();
    this.listener = listener;
  }

  /// The events without those that are refused. An answer that is neither yes nor no refuses
  /// nothing.
  List<ParsedEvent> confirmed(
      List<ParsedEvent> events, VideoSession session, EncodedWindow window) {
    if (threshold == 0) {
      return events;
    }
    List<CompletableFuture<Boolean>> kept =
        events.stream()
            .map(event ->
                isAlone(event, window)
                    ? check(event, session)
                    : CompletableFuture.completedFuture(true))
            .toList();
    List<ParsedEvent> confirmed = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      if (kept.get(i).join()) {
        confirmed.add(events.get(i));
      }
    }
    return confirmed;
  }

  /// Whether neither neighbor of the window covers any of the event.
  private boolean isAlone(ParsedEvent event, EncodedWindow window) {
    return (window.span().window() == 0 || event.startMicros() >= overlapMicros)
        && event.endMicros() <= strideMicros;
  }

  private CompletableFuture<Boolean> check(ParsedEvent event, VideoSession session) {
    return session
        .around(event.startMicros(), event.endMicros())
        .ask(Prompts.presence(event.description()), PRESENCE_TOKENS)
        .thenApply(answer -> isKept(event, session.model().yesNoTokens().yesShare(answer)));
  }

  private boolean isKept(ParsedEvent event, OptionalDouble yes) {
    boolean kept = yes.isEmpty() || yes.getAsDouble() >= threshold;
    if (!kept) {
      listener.on(
          new SpanRefused(stream, event.description(), yes.getAsDouble(), yes.getAsDouble()));
    }
    return kept;
  }
}
