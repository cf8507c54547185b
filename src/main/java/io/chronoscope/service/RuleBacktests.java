package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.client.ReplayedChunks;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Shows what a rule would have raised in retained video before it goes into force: runs the rule
/// over it with the loaded model, one backtest at a time. Publishes nothing; remembers the latest
/// results.
@ApplicationScoped
public class RuleBacktests {

  private static final Logger LOG = Logger.getLogger(RuleBacktests.class);
  private static final int MAX_REMEMBERED = 50;
  private static final int MAX_ALERTS = 1_000;

  private final Map<String, Object> kafka;
  private final TopicNames names;
  private final ChunkEnvelope envelope;
  private final AtomicBoolean running = new AtomicBoolean();
  private final Map<String, Run> runs =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Run> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };
  private volatile @Nullable Loaded loaded;

  private record Loaded(AnalysisRuntime runtime, AnalysisSettings settings) {}

  RuleBacktests(
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      ChunkEnvelope envelope) {
    this.kafka = kafka;
    this.names = names;
    this.envelope = envelope;
  }

  /// A backtest.
  ///
  /// @param streams which streams it runs over
  /// @param chunks number of chunks analyzed, once it is done
  /// @param alerts what the rule raised, without what was withdrawn
  /// @param problem why it failed
  public record Run(
      String id,
      State state,
      StreamPattern streams,
      long chunks,
      List<Alert> alerts,
      Optional<String> problem) {

    public enum State {
      RUNNING,
      DONE,
      FAILED
    }

    public Run {
      alerts = List.copyOf(alerts);
    }
  }

  /// Whether a backtest can start, or why not.
  public enum Readiness {
    READY,
    MODEL_LOADING,
    ANOTHER_RUNS
  }

  /// The model is loaded.
  void open(AnalysisRuntime runtime, AnalysisSettings settings) {
    loaded = new Loaded(runtime, settings.withoutIdling());
  }

  /// @param from absolute, inclusive
  /// @param to absolute, exclusive
  /// @return empty when [#readiness()] is not READY
  public Optional<Run> start(Rule rule, StreamPattern streams, Instant from, Instant to) {
    Loaded model = loaded;
    if (model == null || !running.compareAndSet(false, true)) {
      return Optional.empty();
    }
    Run started =
        new Run(
            "backtest-" + UUID.randomUUID(),
            Run.State.RUNNING,
            streams,
            0,
            List.of(),
            Optional.empty());
    remember(started);
    var unused =
        Thread.ofPlatform()
            .name("backtest")
            .daemon()
            .start(() -> {
              try {
                remember(run(started, model, rule, from, to));
              } catch (RuntimeException e) {
                LOG.warnf(e, "backtest %s failed", started.id());
                remember(
                    new Run(
                        started.id(),
                        Run.State.FAILED,
                        streams,
                        0,
                        List.of(),
                        Optional.of(String.valueOf(e.getMessage()))));
              } finally {
                running.set(false);
              }
            });
    return Optional.of(started);
  }

  private Run run(Run started, Loaded model, Rule rule, Instant from, Instant to) {
    Map<String, Alert> latest = new LinkedHashMap<>();
    RuleTable rules = new RuleTable(1);
    rules.put(rule);
    Backtest backtest = new Backtest(kafka);
    long chunks =
        backtest.replay(
            new ReplayedChunks(envelope, started.streams(), from, to),
            names.of(Topic.CHUNKS),
            commits ->
                model.runtime.apart(model.settings, rules, commits::apply, backtest.listener()),
            result -> collect(result, latest));
    return new Run(
        started.id(),
        Run.State.DONE,
        started.streams(),
        chunks,
        latest.values().stream()
            .filter(alert -> alert.status() != Status.WITHDRAWN)
            .limit(MAX_ALERTS)
            .toList(),
        Optional.empty());
  }

  private static void collect(Result result, Map<String, Alert> latest) {
    if (result instanceof Alert alert) {
      latest.merge(
          alert.id(), alert, (old, next) -> next.revision() >= old.revision() ? next : old);
    }
  }

  private void remember(Run run) {
    synchronized (runs) {
      runs.put(run.id(), run);
    }
  }

  public Optional<Run> find(String id) {
    synchronized (runs) {
      return Optional.ofNullable(runs.get(id));
    }
  }

  public Readiness readiness() {
    if (loaded == null) {
      return Readiness.MODEL_LOADING;
    }
    return running.get() ? Readiness.ANOTHER_RUNS : Readiness.READY;
  }
}
