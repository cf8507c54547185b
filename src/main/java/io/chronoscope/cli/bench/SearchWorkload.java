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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/// Events in ordinary words on 200 streams, and searches for what some of them say.
final class SearchWorkload {

  private static final Instant ORIGIN = Instant.parse("2026-05-04T00:00:00Z");
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

  private final long seed;
  private final int events;
  private final List<String> texts;

  SearchWorkload(long seed, int events, int descriptions) {
    this.seed = seed;
    this.events = events;
    Random random = new Random(seed);
    int possible = LOOK.size() * WHO.size() * ACT.size() * WHERE.size() * HOW.size();
    int wanted = Math.min(Math.min(descriptions, events), possible / 2);
    Set<String> different = new LinkedHashSet<>();
    while (different.size() < wanted) {
      different.add(
          "A %s %s %s the %s %s."
              .formatted(
                  any(LOOK, random),
                  any(WHO, random),
                  any(ACT, random),
                  any(WHERE, random),
                  any(HOW, random)));
    }
    this.texts = List.copyOf(different);
  }

  private static String any(List<String> some, Random random) {
    return some.get(random.nextInt(some.size()));
  }

  /// Some words of some description, in their order.
  String query(Random random) {
    String[] words = any(texts, random).replace(".", "").split(" ");
    int from = 1 + random.nextInt(Math.max(1, words.length - WORDS_OF_A_QUERY));
    int to = Math.min(words.length, from + WORDS_OF_A_QUERY);
    return String.join(" ", List.of(words).subList(from, to));
  }

  /// Makes the events, batch by batch; none is kept.
  void batches(int size, Consumer<IndexBatch> sink) {
    Random random = new Random(seed);
    SourcePartition partition = new SourcePartition("video.events", 0);
    List<TopicChange> changes = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      changes.add(new TopicChange.Published(published(i, random)));
      if (changes.size() == size || i == events - 1) {
        sink.accept(new IndexBatch(changes, Map.of(partition, i + 1L)));
        changes.clear();
      }
    }
  }

  private PublishedResult published(int number, Random random) {
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
            any(texts, random),
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
