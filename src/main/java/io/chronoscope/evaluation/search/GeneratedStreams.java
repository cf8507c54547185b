package io.chronoscope.evaluation.search;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.evaluation.search.Happening.Act;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TopicChange;
import io.chronoscope.wire.ResultJson;
import io.chronoscope.wire.ResultType;
import io.chronoscope.wire.TopicNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Streams of the demo world without pictures: what happens, drawn from a seed with the shares of
/// the scene generator (`training/chronoscope_training/scenes.py`), and the records that an
/// analysis publishes about it: an event each, with bounds as far off as their tolerance says,
/// summaries of windows, minutes and hours, and gaps.
public final class GeneratedStreams {

  private static final Instant ORIGIN = Instant.parse("2026-05-04T08:00:00Z");
  static final List<String> COLORS = List.of("red", "green", "blue", "yellow", "purple", "white");
  static final List<String> SHAPES = List.of("circle", "square", "triangle", "cross");
  static final List<String> DIRECTIONS = List.of("left", "right", "up", "down");

  /// Mean seconds between the starts of two happenings.
  private static final double PACE_S = 4;

  private static final double[] KIND_SHARES = {0.24, 0.48, 0.16, 0.12};
  private static final double LIGHT_SHARE = 0.025;
  private static final double GAP_SHARE = 0.002;

  /// Two of the same color and shape keep this distance.
  private static final long QUIET_MS = 10_000;

  private static final long TOLERANCE_MS = 250;
  private static final long WINDOW_MS = 20_000;

  /// A happening in a stream.
  ///
  /// @param id of the event that describes it
  public record Truth(String id, String stream, Instant start, Instant end, Happening happening) {}

  private final List<Truth> truths = new ArrayList<>();
  private final List<Result> results = new ArrayList<>();
  private final int hours;

  /// @param streams number of streams
  /// @param hoursEach length of each
  public GeneratedStreams(long seed, int streams, int hoursEach) {
    this.hours = streams * hoursEach;
    for (int i = 0; i < streams; i++) {
      generate("cam-" + (i + 1), new Random(seed * 1000 + i), hoursEach);
    }
  }

  /// Hours of all streams together.
  public int hours() {
    return hours;
  }

  public List<Truth> truths() {
    return truths;
  }

  /// Start of every stream.
  public static Instant origin() {
    return ORIGIN;
  }

  private void generate(String stream, Random random, int length) {
    List<Truth> mine = new ArrayList<>();
    Map<String, Long> lastEnd = new HashMap<>();
    double at = 1;
    int number = 0;
    while (at < length * 3600.0 - 10) {
      Happening what = draw(random);
      long startMs = Math.round(at * 1000);
      long endMs = startMs + Math.round((1.2 + random.nextDouble() * 5.8) * 1000);
      String figure = what.color().orElse("") + what.shape().orElse("light");
      if (startMs - lastEnd.getOrDefault(figure, -QUIET_MS) >= QUIET_MS) {
        lastEnd.put(figure, endMs);
        String id = "evt-%s-%06d".formatted(stream, number++);
        mine.add(new Truth(id, stream, ORIGIN.plusMillis(startMs), ORIGIN.plusMillis(endMs), what));
        results.add(event(mine.getLast(), random));
        if (random.nextDouble() < GAP_SHARE) {
          results.add(gap(stream, number, endMs, endMs + 4000));
        }
      }
      at += -PACE_S * Math.log(1 - random.nextDouble());
    }
    truths.addAll(mine);
    summarize(stream, mine, length * 3_600_000L);
  }

  private static Happening draw(Random random) {
    if (random.nextDouble() < LIGHT_SHARE) {
      return new Happening(
          Optional.of(Act.LIGHT_OFF),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    double kind = random.nextDouble();
    int index = 0;
    while (index < KIND_SHARES.length - 1 && kind >= KIND_SHARES[index]) {
      kind -= KIND_SHARES[index++];
    }
    Act act = List.of(Act.APPEAR, Act.MOVE, Act.MOVE_AND_STOP, Act.TURN).get(index);
    int color = random.nextInt(COLORS.size());
    boolean moves = act == Act.MOVE || act == Act.MOVE_AND_STOP;
    int other = (color + 1 + random.nextInt(COLORS.size() - 1)) % COLORS.size();
    return new Happening(
        Optional.of(act),
        Optional.of(COLORS.get(color)),
        Optional.of(SHAPES.get(random.nextInt(SHAPES.size()))),
        moves ? Optional.of(DIRECTIONS.get(random.nextInt(4))) : Optional.empty(),
        act == Act.TURN ? Optional.of(COLORS.get(other)) : Optional.empty());
  }

  private static VideoEvent event(Truth truth, Random random) {
    long startMs = ms(truth.start()) + off(random);
    long endMs = Math.max(startMs, ms(truth.end()) + off(random));
    return new VideoEvent(
        truth.id(),
        1,
        Status.CLOSED,
        truth.stream(),
        span(Math.max(0, startMs), Math.max(0, endMs)),
        TOLERANCE_MS,
        truth.happening().describe(),
        provenance(),
        List.of(new ChunkOrigin("video.chunks", 0, startMs / 2000)));
  }

  private static long off(Random random) {
    return random.nextInt((int) (2 * TOLERANCE_MS + 1)) - TOLERANCE_MS;
  }

  private static Gap gap(String stream, int number, long fromMs, long toMs) {
    return new Gap(
        "gap-%s-%06d".formatted(stream, number),
        1,
        Status.CLOSED,
        stream,
        span(fromMs, toMs),
        Gap.Cause.MISSING,
        "no chunk arrived for 4 s");
  }

  /// As an analysis without a model for texts does: the descriptions below, one after another.
  private void summarize(String stream, List<Truth> mine, long lengthMs) {
    for (Map.Entry<Level, Long> level :
        List.of(
            Map.entry(Level.WINDOW, WINDOW_MS),
            Map.entry(Level.MINUTE, 60_000L),
            Map.entry(Level.HOUR, 3_600_000L))) {
      int next = 0;
      for (long from = 0; from < lengthMs; from += level.getValue()) {
        StringBuilder text = new StringBuilder();
        while (next < mine.size() && ms(mine.get(next).start()) < from + level.getValue()) {
          if (text.length() < 4000) {
            text.append(mine.get(next).happening().describe()).append(' ');
          }
          next++;
        }
        results.add(
            new Summary(
                "sum-%s-%s-%09d".formatted(stream, level.getKey(), from),
                1,
                level.getKey(),
                stream,
                span(from, from + level.getValue()),
                text.isEmpty() ? "Nothing happens." : text.toString().strip(),
                provenance(),
                List.of()));
      }
    }
  }

  private static Provenance provenance() {
    return new Provenance(
        new ModelRef("generated", "1"), new Sampling(40, 2, "generated", 1024, 224, 224));
  }

  private static long ms(Instant time) {
    return time.toEpochMilli() - ORIGIN.toEpochMilli();
  }

  private static TimeSpan span(long fromMs, long toMs) {
    return new TimeSpan(ORIGIN.plusMillis(fromMs), ORIGIN.plusMillis(toMs), fromMs, toMs);
  }

  /// All records, in order of the end of what they are about, in batches.
  public List<IndexBatch> batches(int size) {
    List<Result> ordered = new ArrayList<>(results);
    ordered.sort(
        Comparator.comparing((Result one) -> ((Result.Timed) one).end()).thenComparing(Result::id));
    Map<SourcePartition, Long> next = new HashMap<>();
    List<IndexBatch> batches = new ArrayList<>();
    List<TopicChange> changes = new ArrayList<>();
    for (Result result : ordered) {
      SourcePartition partition =
          new SourcePartition(TopicNames.DEFAULT.of(ResultType.of(result)), 0);
      long offset = next.merge(partition, 1L, Long::sum) - 1;
      changes.add(
          new TopicChange.Published(
              new PublishedResult(
                  result,
                  ResultJson.write(result).toString(),
                  new ChunkOrigin(partition.topic(), 0, offset),
                  ((Result.Timed) result).end())));
      if (changes.size() == size) {
        batches.add(new IndexBatch(changes, next));
        changes.clear();
      }
    }
    batches.add(new IndexBatch(changes, next));
    return batches;
  }
}
