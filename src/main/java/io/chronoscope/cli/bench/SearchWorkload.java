package io.chronoscope.cli.bench;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TopicChange;
import io.chronoscope.wire.ResultJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Events in ordinary words on 200 streams, and searches for what some of them say. Most events
/// repeat a description, because cameras see the same things again and again.
final class SearchWorkload {

  private static final Instant ORIGIN = Instant.parse("2026-05-04T00:00:00Z");
  static final SourcePartition PARTITION = new SourcePartition("video.events", 0);
  private static final int STREAMS = 200;
  private static final int WORDS_OF_A_QUERY = 4;

  private static final List<String> WHO =
      List.of(
          "man",
          "woman",
          "child",
          "courier",
          "cyclist",
          "guard",
          "dog",
          "cat",
          "truck",
          "van",
          "forklift",
          "driver",
          "nurse",
          "mechanic",
          "visitor",
          "team",
          "couple",
          "crane",
          "bus",
          "robot",
          "cleaner",
          "teacher",
          "runner",
          "baker");
  private static final List<String> LOOK =
      List.of(
          "tall", "small", "red", "blue", "white", "dark", "green", "elderly", "young", "yellow",
          "striped", "wet", "heavy", "slow", "noisy", "masked");
  private static final List<String> ACT =
      List.of(
          "walks past",
          "stops beside",
          "leans on",
          "runs toward",
          "turns around near",
          "opens",
          "closes",
          "looks at",
          "waits at",
          "carries a box past",
          "drops a bag near",
          "points at",
          "crosses behind",
          "backs away from",
          "climbs onto",
          "pushes a cart to",
          "cleans",
          "photographs",
          "knocks on",
          "disappears behind");
  private static final List<String> WHERE =
      List.of(
          "gate",
          "door",
          "fence",
          "counter",
          "window",
          "staircase",
          "elevator",
          "loading dock",
          "bench",
          "fountain",
          "shelf",
          "reception desk",
          "parking meter",
          "bus stop",
          "conveyor",
          "barrier",
          "corner",
          "bridge",
          "tree",
          "vending machine",
          "ladder",
          "container",
          "crosswalk",
          "garage");
  private static final List<String> HOW =
      List.of(
          "quickly",
          "twice",
          "in the rain",
          "at dusk",
          "with an umbrella",
          "while talking",
          "with a flashlight",
          "alone",
          "together with a colleague",
          "for a long time",
          "and waves",
          "and falls");

  /// No divisor of the number of sentences, so that each rank has a sentence of its own.
  private static final long SHUFFLE = 1_000_003;

  private static final long SENTENCES =
      (long) LOOK.size() * WHO.size() * ACT.size() * WHERE.size() * HOW.size();

  private final long seed;
  private final int events;
  private final int descriptions;

  /// @param descriptions different ones from which events are drawn, at most as many as there are
  ///   sentences
  SearchWorkload(long seed, int events, int descriptions) {
    this.seed = seed;
    this.events = events;
    this.descriptions = (int) Math.min(descriptions, SENTENCES);
  }

  /// By Zipf's law: the second most frequent description is half as frequent as the first.
  private long rank(RandomGenerator random) {
    return (long) Math.pow(descriptions + 1.0, random.nextDouble()) - 1;
  }

  private static String description(long rank) {
    long rest = rank * SHUFFLE % SENTENCES;
    List<String> words = new ArrayList<>();
    for (List<String> some : List.of(LOOK, WHO, ACT, WHERE, HOW)) {
      words.add(some.get((int) (rest % some.size())));
      rest /= some.size();
    }
    return "A %s %s %s the %s %s.".formatted(words.toArray());
  }

  /// Some words of some description, in their order.
  String query(RandomGenerator random) {
    String[] words = description(rank(random)).replace(".", "").split(" ");
    int from = 1 + random.nextInt(Math.max(1, words.length - WORDS_OF_A_QUERY));
    int to = Math.min(words.length, from + WORDS_OF_A_QUERY);
    return String.join(" ", List.of(words).subList(from, to));
  }

  /// Names this workload: equal names stand for equal events.
  String name() {
    return "bench-search-%d-%d-%d".formatted(seed, events, descriptions);
  }

  /// Makes the events, batch by batch; none is kept.
  ///
  /// @param first number of the first event that is wanted
  void batches(long first, int size, Consumer<IndexBatch> sink) {
    List<TopicChange> changes = new ArrayList<>();
    for (int i = (int) first; i < events; i++) {
      changes.add(new TopicChange.Published(published(i)));
      if (changes.size() == size || i == events - 1) {
        sink.accept(new IndexBatch(changes, Map.of(PARTITION, i + 1L)));
        changes.clear();
      }
    }
  }

  /// How many different descriptions the events have.
  int different() {
    BitSet ranks = new BitSet();
    for (int i = 0; i < events; i++) {
      ranks.set((int) rank(random(i)));
    }
    return ranks.cardinality();
  }

  private RandomGenerator random(int number) {
    return new SplittableRandom(seed * Integer.MAX_VALUE + number);
  }

  private PublishedResult published(int number) {
    RandomGenerator random = random(number);
    String text = description(rank(random));
    long startMs = 4_000L * (number / STREAMS);
    long endMs = startMs + 1_000 + random.nextInt(6_000);
    VideoEvent event =
        new VideoEvent(
            "evt-%024x".formatted(number),
            1,
            Status.CLOSED,
            "camera-" + number % STREAMS,
            new TimeSpan(ORIGIN.plusMillis(startMs), ORIGIN.plusMillis(endMs), startMs, endMs),
            250,
            text,
            new Provenance(
                new ModelRef("bench", "1"), new Sampling(40, 2, "bench", 1024, 224, 224)),
            List.of(new ChunkOrigin("video.chunks", 0, number)));
    return new PublishedResult(
        event,
        ResultJson.write(event).toString(),
        new ChunkOrigin("video.events", 0, number),
        ORIGIN.plusMillis(endMs));
  }
}
