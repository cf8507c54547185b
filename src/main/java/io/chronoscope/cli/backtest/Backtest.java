package io.chronoscope.cli.backtest;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.stream.StreamAnalysis;
import io.chronoscope.client.ReplayedChunks;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.ShadowTopics;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Revised;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.evaluation.Difference.Detection;
import io.chronoscope.wire.TopicNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.Predicate;

/// Analyses again what is retained, in this process and without a consumer group, and collects what
/// is told of it now and what was told of it live.
final class Backtest {

  /// An event or an alert that is about something else is never compared.
  private static final String EVENT = "event";

  /// What is looked at again.
  ///
  /// @param topic where the chunks are
  /// @param to no longer part of it
  record Scope(String topic, StreamPattern streams, Instant from, Instant to) {

    boolean holds(String stream, Instant start, Instant end) {
      return streams.matches(stream) && start.isBefore(to) && !end.isBefore(from);
    }
  }

  private sealed interface Ended {
    record Stream() implements Ended {}

    record Failure(String stream, Throwable cause) implements Ended {}
  }

  private final Map<String, Object> kafka;
  private final TopicNames live;
  private final Scope scope;
  private final Map<String, Revised> told = new LinkedHashMap<>();
  private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();

  Backtest(Map<String, Object> kafka, TopicNames live, Scope scope) {
    this.kafka = kafka;
    this.live = live;
    this.scope = scope;
  }

  /// To be told what the analysis of [#replay] does.
  AnalysisListener listener() {
    return new AnalysisListener() {
      @Override
      public void streamEnded(String stream) {
        ended.add(new Ended.Stream());
      }

      @Override
      public void streamFailed(String stream, Throwable cause) {
        ended.add(new Ended.Failure(stream, cause));
      }
    };
  }

  /// @param analysis makes the analysis around what takes its steps
  /// @return how many chunks were read
  long replay(
      ReplayedChunks chunks,
      Function<Function<StreamCommit, CompletionStage<Void>>, StreamAnalysis> analysis,
      ShadowTopics shadow) {
    Map<String, ChunkOrigin> open = new HashMap<>();
    long[] count = new long[2];
    try (StreamAnalysis running =
        analysis.apply(step -> {
          take(step, shadow);
          return CompletableFuture.completedFuture(null);
        })) {
      chunks.read(
          kafka,
          scope.topic(),
          input -> {
            if (input instanceof EndOfStream) {
              // Said twice, or of a stream that has no chunk in the range.
              if (open.remove(input.stream()) == null) {
                return;
              }
              count[1]++;
            } else {
              open.put(input.stream(), input.origin());
              count[0] += input instanceof StreamInput.Chunk ? 1 : 0;
            }
            running.offer(input).toCompletableFuture().join();
          });
      open.forEach((stream, last) -> {
        count[1]++;
        running.offer(new EndOfStream(stream, last)).toCompletableFuture().join();
      });
      await(count[1]);
    }
    shadow.flush();
    return count[0];
  }

  private void await(long streams) {
    try {
      for (long i = 0; i < streams; i++) {
        if (ended.take() instanceof Ended.Failure(String stream, Throwable cause)) {
          throw new IllegalStateException("stream " + stream + " failed: " + cause, cause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private synchronized void take(StreamCommit step, ShadowTopics shadow) {
    for (Result result : step.results()) {
      shadow.publish(result);
      keep(result, told);
    }
  }

  private void keep(Result result, Map<String, Revised> latest) {
    if (result instanceof Revised revised
        && (result instanceof VideoEvent || result instanceof Alert)) {
      latest.merge(
          revised.id(), revised, (old, next) -> next.revision() >= old.revision() ? next : old);
    }
  }

  /// What is told now.
  synchronized List<Detection> now(Predicate<Detection> wanted) {
    return of(told, wanted);
  }

  /// What was told live.
  List<Detection> before(Predicate<Detection> wanted) {
    Map<String, Revised> latest = new LinkedHashMap<>();
    try (ResultReader reader =
        new ResultReader(
            kafka, List.of(live.events(), live.alerts()), ResultReader.From.BEGINNING)) {
      reader.readToEnd(read -> {
        if (read instanceof Read.Published published) {
          keep(published.result(), latest);
        }
      });
    }
    return of(latest, wanted);
  }

  private List<Detection> of(Map<String, Revised> latest, Predicate<Detection> wanted) {
    List<Detection> all = new ArrayList<>();
    for (Revised one : latest.values()) {
      told(one).filter(wanted).ifPresent(all::add);
    }
    return all;
  }

  private Optional<Detection> told(Revised result) {
    return switch (result) {
      case VideoEvent event
          when event.status() != Status.WITHDRAWN
              && scope.holds(event.stream(), event.start(), event.end()) ->
          Optional.of(
              new Detection(
                  event.id(),
                  event.stream(),
                  EVENT,
                  event.description(),
                  event.start().toEpochMilli(),
                  event.end().toEpochMilli(),
                  event.toleranceMs()));
      case Alert alert
          when alert.status() != Status.WITHDRAWN
              && scope.holds(alert.stream(), alert.start(), alert.end()) ->
          Optional.of(
              new Detection(
                  alert.id(),
                  alert.stream(),
                  alert.rule(),
                  alert.text(),
                  alert.start().toEpochMilli(),
                  alert.end().toEpochMilli(),
                  alert.toleranceMs()));
      default -> Optional.empty();
    };
  }
}
