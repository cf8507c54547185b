package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent;
import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisEvent.DuplicateChunkSkipped;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.stream.StreamLifecycle.Resumed;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.shedding.LoadGovernor;
import io.chronoscope.testing.LampModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs the stream `cam` as its worker would, on the test's thread: a new life cycle follows each
/// one that ended or became idle. Windows are ten seconds long, with partial analyses every three.
/// Counts what happened to chunks since the last reset.
final class StreamRun implements AutoCloseable {

  private final StreamFixture fixture = new StreamFixture().listener(this::count);
  private AnalysisSettings settings = settings(2);
  private LoadGovernor load = LoadGovernor.off();
  private int decoded;
  private int duplicates;
  private int rejected;
  private int shed;

  /// A commit, and how many actions preceded it.
  record Committed(StreamCommit commit, int actions) {}

  StreamRun overlapSeconds(int seconds) {
    settings = settings(seconds);
    return this;
  }

  StreamRun load(LoadGovernor load) {
    this.load = load;
    fixture.load(load);
    return this;
  }

  private static AnalysisSettings settings(int overlapSeconds) {
    return LampModel.settings(
        new WindowPlan(
            Duration.ofSeconds(10), Duration.ofSeconds(overlapSeconds), Duration.ofSeconds(3)),
        Duration.ofMinutes(10));
  }

  private void count(AnalysisEvent event) {
    decoded += event instanceof ChunkDecoded ? 1 : 0;
    duplicates += event instanceof DuplicateChunkSkipped ? 1 : 0;
    rejected += event instanceof ChunkRejected ? 1 : 0;
    shed += event instanceof ChunkShed ? 1 : 0;
  }

  /// @param actions inputs; an empty one is a silence as long as the idle timeout
  List<Committed> run(List<Optional<StreamInput>> actions) {
    decoded = 0;
    duplicates = 0;
    rejected = 0;
    shed = 0;
    return run(Optional.empty(), actions);
  }

  /// Runs on from a commit of an earlier run, as a process that was killed right after it would.
  List<Committed> resume(Committed from, List<Optional<StreamInput>> actions) {
    return run(Optional.of(from), actions);
  }

  private List<Committed> run(Optional<Committed> from, List<Optional<StreamInput>> actions) {
    List<Committed> committed = new ArrayList<>();
    int[] at = {from.map(Committed::actions).orElse(0)};
    StreamTools tools = fixture.tools();
    Optional<Resumed> resumed =
        from.map(Committed::commit)
            .flatMap(
                commit -> commit.state().map(state -> new Resumed(state, commit.resumeFrom())));
    StreamLifecycle lifecycle = lifecycle(tools, resumed, committed, at);
    if (from.isPresent() && resumed.isPresent()) {
      long first = from.get().commit().resumeFrom().offset();
      for (Optional<StreamInput> action : actions.subList(0, at[0])) {
        if (action.isPresent() && action.get().origin().offset() >= first) {
          lifecycle.accept(action.get());
        }
      }
    }
    while (at[0] < actions.size()) {
      Optional<Resumed> idle = Optional.empty();
      if (!lifecycle.hasEnded()) {
        Optional<StreamInput> action = actions.get(at[0]++);
        if (action.isPresent()) {
          lifecycle.accept(action.get());
        } else {
          idle = lifecycle.idle();
        }
      }
      if (idle.isPresent() || lifecycle.hasEnded()) {
        lifecycle.close();
        lifecycle = lifecycle(tools, idle, committed, at);
      }
    }
    lifecycle.close();
    return committed;
  }

  private StreamLifecycle lifecycle(
      StreamTools tools, Optional<Resumed> resumed, List<Committed> committed, int[] at) {
    StreamLifecycle lifecycle =
        new StreamLifecycle(
            "cam", settings, tools, resumed, commit -> committed.add(new Committed(commit, at[0])));
    lifecycle.start();
    return lifecycle;
  }

  static List<Result> results(List<Committed> committed) {
    return committed.stream().flatMap(one -> one.commit().results().stream()).toList();
  }

  static <R extends Result> List<R> all(Class<R> kind, List<Committed> committed) {
    return results(committed).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  LoadGovernor load() {
    return load;
  }

  int decoded() {
    return decoded;
  }

  int duplicates() {
    return duplicates;
  }

  int rejected() {
    return rejected;
  }

  int shed() {
    return shed;
  }

  @Override
  public void close() {
    fixture.close();
  }
}
