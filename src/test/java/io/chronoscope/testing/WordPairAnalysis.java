package io.chronoscope.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.StreamState.Counts;
import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/// Fake analysis of chunks that hold words instead of video: each window is two chunks and overlaps
/// the next by one, an event quotes the words of both chunks, and the summary quotes all of them. A
/// chunk that is lost, processed twice or out of order therefore shows in the published results.
public final class WordPairAnalysis implements Intake {

  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ModelRef MODEL = new ModelRef("pairs", "1");
  private static final Sampling SAMPLING = new Sampling(2, 1, "always", 2, 28, 28);

  private final CommitSink sink;
  private final Executor executor;
  private final Map<String, Stream> streams = new ConcurrentHashMap<>();
  public final List<StreamInput> offered = new CopyOnWriteArrayList<>();
  public final List<String> resumed = new CopyOnWriteArrayList<>();
  public volatile CompletableFuture<Void> room = CompletableFuture.completedFuture(null);

  public WordPairAnalysis(CommitSink sink, Executor executor) {
    this.sink = sink;
    this.executor = executor;
  }

  private static final class Stream {
    private CompletableFuture<Void> tail = CompletableFuture.completedFuture(null);
    private StreamState state;
    private ChunkOrigin resumeFrom;
    private Optional<String> before = Optional.empty();
    private volatile boolean forgotten;
  }

  @Override
  public CompletionStage<Void> offer(StreamInput input) {
    offered.add(input);
    Stream stream = streams.computeIfAbsent(input.stream(), name -> new Stream());
    synchronized (stream) {
      stream.tail =
          stream.tail.thenComposeAsync(
              done ->
                  stream.forgotten
                      ? CompletableFuture.completedFuture(null)
                      : sink.commit(commit(stream, input)).toCompletableFuture(),
              executor);
    }
    return room;
  }

  private StreamCommit commit(Stream stream, StreamInput input) {
    return switch (input) {
      case Chunk chunk -> {
        String word = UTF_8.decode(((Media.Inline) chunk.media()).bytes().duplicate()).toString();
        long number = chunk.sequence().orElseThrow();
        List<Result> results = new ArrayList<>();
        List<PublishedSummary> windows =
            new ArrayList<>(stream.state == null ? List.of() : stream.state.summaries().windows());
        if (stream.before.isPresent()) {
          String words = stream.before.get() + "+" + word;
          results.add(event(chunk, number - 1, words));
          windows.add(new PublishedSummary(number, 1, 0, 0, 0, words, SAMPLING, "", List.of()));
        } else if (stream.state != null && stream.state.position().nextSequence() != number) {
          throw new IllegalStateException(
              "stream %s resumes at %d instead of %d"
                  .formatted(chunk.stream(), number, stream.state.position().nextSequence()));
        }
        stream.before = Optional.of(word);
        stream.resumeFrom = chunk.origin();
        stream.state =
            new StreamState(
                StreamState.VERSION,
                chunk.stream(),
                START,
                number,
                List.of(),
                new Summaries(0, windows, List.of(), List.of(), Optional.empty(), Optional.empty()),
                Counts.NONE,
                List.of(),
                StreamPositions.at(number, START.plusSeconds(number)));
        yield new StreamCommit(chunk.stream(), results, Optional.of(stream.state), chunk.origin());
      }
      case Unreadable unreadable -> {
        List<Result> letter =
            List.of(
                new DeadLetter(unreadable.stream(), unreadable.origin(), unreadable.rejection()));
        yield stream.state == null
            ? new StreamCommit(unreadable.stream(), letter, Optional.empty(), unreadable.origin())
            : new StreamCommit(
                unreadable.stream(), letter, Optional.of(stream.state), stream.resumeFrom);
      }
      case EndOfStream end -> {
        List<Result> results =
            stream.state == null ? List.of() : List.of(summary(end.stream(), stream.state));
        streams.remove(end.stream(), stream);
        yield new StreamCommit(end.stream(), results, Optional.empty(), end.origin());
      }
    };
  }

  private static VideoEvent event(Chunk chunk, long number, String words) {
    return new VideoEvent(
        chunk.stream() + "-" + number,
        1,
        Status.CLOSED,
        chunk.stream(),
        new TimeSpan(
            START.plusSeconds(number),
            START.plusSeconds(number + 2),
            number * 1000,
            (number + 2) * 1000),
        500,
        words,
        new Provenance(MODEL, SAMPLING),
        List.of(chunk.origin()));
  }

  private static Summary summary(String stream, StreamState state) {
    return new Summary(
        stream + "-all",
        1,
        Level.STREAM,
        stream,
        new TimeSpan(START, START.plusSeconds(state.nextWindow()), 0, state.nextWindow() * 1000),
        String.join(" ", state.summaries().windows().stream().map(PublishedSummary::text).toList()),
        new Provenance(MODEL, SAMPLING),
        state.summaries().windows().stream().map(window -> "w" + window.number()).toList());
  }

  @Override
  public void resume(StreamState state, ChunkOrigin resumeFrom) {
    resumed.add(state.stream());
    Stream stream = new Stream();
    stream.state = state;
    stream.resumeFrom = resumeFrom;
    streams.put(state.stream(), stream);
  }

  @Override
  public void forget(Predicate<String> stream) {
    streams
        .entrySet()
        .removeIf(entry -> {
          boolean goes = stream.test(entry.getKey());
          if (goes) {
            entry.getValue().forgotten = true;
          }
          return goes;
        });
  }
}
