package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamPosition.Phase;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.stream.LifecycleState.Ended;
import io.chronoscope.analysis.stream.LifecycleState.Ending;
import io.chronoscope.analysis.stream.LifecycleState.Idling;
import io.chronoscope.analysis.stream.LifecycleState.Live;
import io.chronoscope.analysis.stream.LifecycleState.Replaying;
import io.chronoscope.analysis.stream.LifecycleState.Restarting;
import io.chronoscope.analysis.stream.LifecycleState.Running;
import io.chronoscope.analysis.stream.LifecycleState.Waiting;
import io.chronoscope.analysis.stream.StreamLifecycle.Resumed;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Walks every transition of the diagram above [LifecycleState], and shows that there are no
/// others. Chunks last two seconds, windows ten.
class LifecycleStateTest {

  private static final LampVideo.Script SCRIPT = new LampVideo.Script(10).on('a', 1, 3);

  private final StreamFixture fixture = new StreamFixture();
  private final AnalysisSettings settings =
      LampModel.settings(
          new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2)), Duration.ofMinutes(10));
  private final StreamTools tools = fixture.tools();
  private final List<StreamCommit> commits = new ArrayList<>();
  private final List<String> committedIn = new ArrayList<>();

  /// The states in which the life cycle committed or was left, without repetitions.
  private final List<String> states = new ArrayList<>();

  private StreamLifecycle lifecycle = open(Optional.empty());

  @AfterEach
  void close() {
    lifecycle.close();
    fixture.close();
  }

  private StreamLifecycle open(Optional<Resumed> resumed) {
    return new StreamLifecycle(
        "cam",
        settings,
        tools,
        resumed,
        commit -> {
          commits.add(commit);
          committedIn.add(nameOf(lifecycle.state()));
          note();
        });
  }

  private void note() {
    String name = nameOf(lifecycle.state());
    if (states.isEmpty() || !states.getLast().equals(name)) {
      states.add(name);
    }
  }

  /// Such as `Running` or `Idling(Waiting)`.
  private static String nameOf(LifecycleState state) {
    String name = state.getClass().getSimpleName();
    return switch (state) {
      case LifecycleState.Draining draining -> name + "(" + nameOf(draining.stream()) + ")";
      case Replaying replaying -> name + "(" + nameOf(replaying.stored()) + ")";
      case LifecycleState.Following following -> name;
      case Ended ended -> name;
    };
  }

  private void accept(StreamInput... inputs) {
    for (StreamInput input : inputs) {
      lifecycle.accept(input);
      note();
    }
  }

  private Optional<Resumed> idle() {
    Optional<Resumed> resumed = lifecycle.idle();
    note();
    return resumed;
  }

  private static ChunkOrigin origin(long offset) {
    return new ChunkOrigin("video.chunks", 0, offset);
  }

  private static Instant at(double seconds) {
    return NOON.plusMillis(Math.round(seconds * 1000));
  }

  private static Chunk chunk(long offset, long sequence, double start) {
    return chunk(offset, sequence, start, SCRIPT.chunk(start % 60, start % 60 + 2));
  }

  private static Chunk garbage(long offset, long sequence, double start) {
    return chunk(
        offset, sequence, start, ByteBuffer.wrap("garbage".getBytes(StandardCharsets.UTF_8)));
  }

  private static Chunk chunk(long offset, long sequence, double start, ByteBuffer media) {
    return new Chunk(
        "cam",
        origin(offset),
        Optional.of(at(start)),
        NOON,
        OptionalLong.of(sequence),
        Optional.of(Duration.ofSeconds(2)),
        media);
  }

  private static EndOfStream end(long offset) {
    return new EndOfStream("cam", origin(offset));
  }

  @Nested
  class Following {

    @Test
    void startsWaiting() {
      lifecycle.start();
      assertThat(lifecycle.state()).isEqualTo(new Waiting());
    }

    @Test
    void runsFromTheFirstDecodedChunkOn() {
      accept(garbage(0, 0, 0), chunk(1, 1, 2));
      assertThat(states).containsExactly("Waiting", "Running");
    }

    @Test
    void rejectsWithoutChangingState() {
      accept(unreadable(0));
      assertThat(states).containsExactly("Waiting");
    }
  }

  @Nested
  class IdlingStream {

    @Test
    void drainsAndResumesRunning() {
      accept(chunk(0, 0, 0));
      assertThat(idle()).isPresent();
      assertThat(states).containsExactly("Running", "Idling(Running)", "Running");
    }

    @Test
    void startsWithAChunkThatWasWaitingForEarlierOnes() {
      accept(chunk(0, 5, 10), chunk(1, 7, 14));
      assertThat(lifecycle.state()).isEqualTo(new Waiting());
      idle();
      assertThat(states).containsExactly("Waiting", "Idling(Running)", "Running");
    }

    @Test
    void isDiscardedWhenNothingCouldBeDecoded() {
      accept(garbage(0, 0, 0));
      assertThat(idle()).isEmpty();
      assertThat(states).containsExactly("Waiting", "Idling(Waiting)", "Ended");
      assertThat(commits.getLast().state()).isEmpty();
    }

    @Test
    void waitsOnWhenNothingCouldBeDecodedSinceTheClockWasSetBack() {
      accept(chunk(0, 0, 100), garbage(1, 1, 10));
      assertThat(lifecycle.state()).isEqualTo(new Waiting());
      states.clear();
      assertThat(idle()).isPresent();
      accept(chunk(2, 2, 12));
      assertThat(states).containsExactly("Waiting", "Running");
    }

    @Test
    void staysAwakeBeforeItHasReadAnything() {
      assertThat(idle()).isEmpty();
      assertThat(states).containsExactly("Waiting");
    }
  }

  @Nested
  class RestartingStream {

    @Test
    void closesTheOldTimelineAndWaitsForANewOne() {
      accept(chunk(0, 0, 100), garbage(1, 1, 10));
      assertThat(states).containsExactly("Running", "Restarting(Running)", "Waiting");
      accept(chunk(2, 2, 12));
      assertThat(states.getLast()).isEqualTo("Running");
    }

    @Test
    void runsAgainWithTheChunkThatSetTheClockBack() {
      accept(chunk(0, 0, 100), chunk(1, 1, 10));
      assertThat(states).containsExactly("Running", "Restarting(Running)", "Waiting", "Running");
    }

    @Test
    void isAbandonedWhenItsChunkExpired() {
      accept(chunk(0, 0, 100), chunk(1, 1, 10));
      resumeFromFirst("Restarting(Running)");
      lifecycle.abandonReplay();
      note();
      assertThat(states.getLast()).isEqualTo("Running");
      accept(chunk(2, 2, 104));
      assertThat(lifecycle.state()).isInstanceOf(Running.class);
    }
  }

  @Nested
  class EndingStream {

    @Test
    void drainsAndEnds() {
      accept(chunk(0, 0, 0), end(1));
      assertThat(states).containsExactly("Running", "Ending(Running)", "Ended");
      assertThat(commits.getLast().state()).isEmpty();
    }

    @Test
    void startsWithAChunkThatWasWaitingForEarlierOnes() {
      accept(chunk(0, 5, 10), chunk(1, 7, 14), end(2));
      assertThat(states).containsExactly("Waiting", "Ending(Running)", "Ended");
    }

    @Test
    void endsWithoutHavingStarted() {
      accept(garbage(0, 0, 0), end(1));
      assertThat(states).containsExactly("Waiting", "Ending(Waiting)", "Ended");
    }

    @Test
    void acceptsNothingMore() {
      accept(end(0));
      int before = commits.size();
      accept(chunk(1, 0, 0), end(2));
      assertThat(idle()).isEmpty();
      assertThat(commits).hasSize(before);
      assertThat(lifecycle.state()).isEqualTo(new Ended());
    }
  }

  /// Resumes from the first commit made in a state.
  private void resumeFromFirst(String state) {
    StreamCommit from = commits.get(committedIn.indexOf(state));
    lifecycle.close();
    lifecycle = open(Optional.of(new Resumed(from.state().orElseThrow(), from.resumeFrom())));
    commits.clear();
    committedIn.clear();
    states.clear();
    note();
  }

  @Nested
  class ReplayingStream {

    @Test
    void continuesAtOnceWhenNothingIsNeeded() {
      accept(chunk(0, 0, 0));
      idle();
      resumeFromFirst("Running");
      lifecycle.start();
      note();
      assertThat(states).containsExactly("Replaying(Running)", "Running");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Waiting",
          "Running",
          "Idling(Waiting)",
          "Idling(Running)",
          "Restarting(Running)",
          "Ending(Waiting)",
          "Ending(Running)"
        })
    void continuesInTheStoredState(String stored) {
      List<StreamInput> inputs = inputsThatCommitIn(stored);
      accept(inputs.toArray(StreamInput[]::new));
      if (stored.startsWith("Idling")) {
        idle();
      }
      int at = committedIn.indexOf(stored);
      List<StreamCommit> undisturbed = List.copyOf(commits.subList(at + 1, commits.size()));
      long first = commits.get(at).resumeFrom().offset();

      resumeFromFirst(stored);
      lifecycle.start();
      assertThat(lifecycle.state()).isInstanceOf(Replaying.class);
      inputs.stream()
          .filter(input -> input.origin().offset() >= first)
          .forEach(input -> accept(input));

      assertThat(commits).isEqualTo(undisturbed);
    }

    /// In each, the state still needs a record when it is first committed.
    private static List<StreamInput> inputsThatCommitIn(String state) {
      return switch (state) {
        case "Waiting" -> List.of(chunk(0, 5, 10), unreadable(1));
        case "Running" -> List.of(chunk(0, 0, 0), unreadable(1));
        case "Idling(Waiting)" -> List.of(garbage(0, 5, 10), chunk(1, 7, 14));
        case "Idling(Running)" -> List.of(chunk(0, 0, 0), chunk(1, 2, 4));
        case "Restarting(Running)" -> List.of(chunk(0, 0, 100), chunk(1, 1, 10));
        case "Ending(Waiting)" -> List.of(garbage(0, 5, 10), chunk(1, 7, 14), end(2));
        case "Ending(Running)" -> List.of(chunk(0, 0, 0), chunk(1, 2, 4), end(2));
        default -> throw new IllegalArgumentException(state);
      };
    }

    @Test
    void endsWithTheFirstNewRecord() {
      accept(chunk(0, 0, 0), unreadable(1));
      resumeFromFirst("Running");
      accept(chunk(2, 1, 2));
      assertThat(states).containsExactly("Replaying(Running)", "Running");
    }

    @Test
    void skipsRecordsThatAreNotNeeded() {
      accept(chunk(0, 0, 0), unreadable(1));
      resumeFromFirst("Running");
      accept(unreadable(1));
      assertThat(states).containsExactly("Replaying(Running)");
      assertThat(commits).isEmpty();
    }

    @Test
    void doesNotBecomeIdle() {
      accept(chunk(0, 0, 0), unreadable(1));
      resumeFromFirst("Running");
      assertThat(idle()).isEmpty();
      assertThat(states).containsExactly("Replaying(Running)");
    }
  }

  private static Unreadable unreadable(long offset) {
    return new Unreadable(
        "cam", origin(offset), new Rejection(Rejection.Reason.BAD_ENVELOPE, "no ce_time"));
  }

  @Nested
  class Transitions {

    private final Timeline timeline = timeline();

    private static final Map<Class<? extends LifecycleState>, Set<String>> ALLOWED =
        Map.of(
            Waiting.class,
            Set.of("start -> Running", "idle -> Idling", "end -> Ending"),
            Running.class,
            Set.of("restart -> Restarting", "idle -> Idling", "end -> Ending"),
            Idling.class,
            Set.of("resume -> Following", "discard -> Ended"),
            Restarting.class,
            Set.of("complete -> Waiting", "abandon -> Running"),
            Ending.class,
            Set.of("complete -> Ended"),
            Replaying.class,
            Set.of("complete -> Live"),
            Ended.class,
            Set.of());

    @Test
    void areOnlyThoseOfTheDiagram() {
      assertThat(leaves(LifecycleState.class))
          .containsExactlyInAnyOrderElementsOf(ALLOWED.keySet());
      ALLOWED.forEach(
          (state, allowed) -> assertThat(transitions(state)).as("%s", state).isEqualTo(allowed));
    }

    private static Set<Class<?>> leaves(Class<?> sealed) {
      return sealed.isSealed()
          ? Arrays.stream(sealed.getPermittedSubclasses())
              .flatMap(permitted -> leaves(permitted).stream())
              .collect(Collectors.toSet())
          : Set.of(sealed);
    }

    /// The methods of a state that lead to a state, besides its components.
    private static Set<String> transitions(Class<?> state) {
      Set<String> components =
          Arrays.stream(state.getRecordComponents())
              .map(RecordComponent::getName)
              .collect(Collectors.toSet());
      return types(state)
          .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
          .filter(method -> !method.isSynthetic() && !Modifier.isStatic(method.getModifiers()))
          .filter(method -> LifecycleState.class.isAssignableFrom(method.getReturnType()))
          .filter(method -> !components.contains(method.getName()))
          .map(method -> method.getName() + " -> " + method.getReturnType().getSimpleName())
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<Class<?>> types(Class<?> state) {
      return Stream.concat(
          Stream.of(state), Arrays.stream(state.getInterfaces()).flatMap(Transitions::types));
    }

    @Test
    void startAlsoWhileDraining() {
      assertThat(LifecycleState.start(new Waiting(), timeline)).isEqualTo(new Running(timeline));
      assertThat(LifecycleState.start(new Waiting().idle(), timeline))
          .isEqualTo(new Running(timeline).idle());
      assertThat(LifecycleState.start(new Waiting().end(), timeline))
          .isEqualTo(new Running(timeline).end());
    }

    @Test
    void startOnlyOnce() {
      Running running = new Running(timeline);
      for (Live started : List.of(running, running.idle(), running.end(), running.restart())) {
        assertThatThrownBy(() -> LifecycleState.start(started, timeline))
            .isInstanceOf(IllegalStateException.class);
      }
    }

    @Test
    void discardOnlyWhatNeverStarted() {
      assertThat(new Waiting().idle().discard()).isEqualTo(new Ended());
      assertThatThrownBy(() -> new Running(timeline).idle().discard())
          .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void restoreTheStoredPhase(Phase phase) {
      Live started = LifecycleState.stored(phase, Optional.of(timeline));
      assertThat(started.phase()).isEqualTo(phase);
      assertThat(started.timeline()).contains(timeline);
      if (phase == Phase.RESTARTING) {
        assertThatThrownBy(() -> LifecycleState.stored(phase, Optional.empty()))
            .isInstanceOf(IllegalStateException.class);
      } else {
        Live waiting = LifecycleState.stored(phase, Optional.empty());
        assertThat(waiting.phase()).isEqualTo(phase);
        assertThat(waiting.timeline()).isEmpty();
      }
    }
  }

  private Timeline timeline() {
    accept(chunk(0, 0, 0));
    return ((Running) lifecycle.state()).current();
  }
}
