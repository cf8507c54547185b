package io.chronoscope.testing;

import io.chronoscope.domain.Box;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/// Results of every kind, with awkward contents.
public final class Samples {

  private static final List<String> TEXTS =
      List.of("a red circle moves left", "", "\"quoted\"\n\\ \u0000 \u2028 ü 猫 \uD83D\uDE00", " ");

  private Samples() {}

  public static VideoEvent event(String id, int revision, String stream) {
    Instant start = Instant.parse("2026-01-02T03:04:05.678901Z");
    return new VideoEvent(
        id,
        revision,
        Status.CLOSED,
        stream,
        new TimeSpan(start, start.plusMillis(2500), 1000, 3500),
        250,
        "a red circle moves left",
        new Provenance(new ModelRef("demo", "abc"), new Sampling(20, 2, "steady", 1280, 448, 252)),
        List.of(new ChunkOrigin("video.chunks", 1, 7), new ChunkOrigin("video.chunks", 1, 9)));
  }

  public static Result random(RandomGenerator random) {
    Instant start =
        Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000) * 1000L);
    Instant end = start.plusMillis(random.nextInt(100_000));
    String id = "id-" + random.nextLong();
    String stream = "stream " + random.nextInt(100);
    ModelRef model = new ModelRef(text(random), text(random));
    Sampling sampling =
        new Sampling(
            random.nextInt(1000),
            random.nextInt(80) / 10.0,
            text(random),
            random.nextInt(100_000),
            random.nextInt(1000),
            random.nextInt(1000),
            random.nextLong(1L << 40),
            random.nextInt(5));
    return switch (random.nextInt(8)) {
      case 0 ->
          new VideoEvent(
              id,
              random.nextInt(9),
              Status.values()[random.nextInt(Status.values().length)],
              stream,
              new TimeSpan(start, end, random.nextInt(), random.nextInt()),
              random.nextInt(1000),
              text(random),
              new Provenance(model, sampling),
              origins(random),
              certainty(random),
              boxes(random));
      case 1 ->
          new Summary(
              id,
              1 + random.nextInt(9),
              Level.values()[random.nextInt(4)],
              stream,
              new TimeSpan(start, end, random.nextInt(), random.nextInt()),
              text(random),
              new Provenance(model, sampling),
              List.of("a", "b").subList(0, random.nextInt(3)));
      case 2 ->
          new Unanswered(
              id,
              stream,
              new TimeSpan(start, end, random.nextInt(), random.nextInt()),
              text(random),
              text(random),
              new Provenance(model, sampling));
      case 3 ->
          new Gap(
              id,
              1 + random.nextInt(2),
              random.nextBoolean() ? Status.CLOSED : Status.WITHDRAWN,
              stream,
              new TimeSpan(start, end, random.nextInt(), random.nextInt()),
              Gap.Cause.values()[random.nextInt(Gap.Cause.values().length)],
              text(random));
      case 4 ->
          new StreamEnd(
              id,
              stream,
              start,
              end,
              random.nextInt(1000),
              random.nextInt(1000),
              random.nextInt(1000),
              random.nextInt(1000));
      case 5 ->
          new Alert(
              id,
              1 + random.nextInt(9),
              Status.values()[random.nextInt(Status.values().length)],
              "rule " + random.nextInt(9),
              text(random),
              random.nextInt(9),
              stream,
              new TimeSpan(start, end, random.nextInt(), random.nextInt()),
              random.nextInt(1000),
              random.nextInt(101) / 100.0,
              random.nextBoolean() ? Optional.empty() : Optional.of("evt-1"),
              new Provenance(model, sampling),
              origins(random),
              certainty(random));
      case 6 ->
          new QuestionAnswer(
              id,
              stream,
              text(random),
              random.nextBoolean() ? Optional.empty() : Optional.of(start),
              random.nextBoolean() ? Optional.empty() : Optional.of(end),
              random.nextBoolean() ? Optional.empty() : Optional.of(text(random)),
              random.nextBoolean()
                  ? List.of()
                  : List.of(new QuestionAnswer.Span(start, end, 250, 0.75, origins(random))),
              random.nextBoolean()
                  ? List.of()
                  : List.of(new QuestionAnswer.NotSeen(start, end, text(random))),
              model,
              random.nextBoolean() ? Optional.empty() : Optional.of(sampling));
      default ->
          new DeadLetter(
              stream,
              new ChunkOrigin("video.chunks", random.nextInt(9), random.nextLong(1L << 50)),
              new Rejection(
                  Rejection.Reason.values()[random.nextInt(Rejection.Reason.values().length)],
                  text(random)));
    };
  }

  private static String text(RandomGenerator random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static Certainty certainty(RandomGenerator random) {
    return new Certainty(
        random.nextBoolean() ? OptionalDouble.of(random.nextDouble()) : OptionalDouble.empty(),
        random.nextBoolean());
  }

  private static List<Box> boxes(RandomGenerator random) {
    List<Box> boxes = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      boxes.add(
          new Box(
              Instant.ofEpochSecond(random.nextLong(4_000_000_000L), 1_000),
              random.nextInt(),
              random.nextInt(4000),
              random.nextInt(4000),
              1 + random.nextInt(4000),
              1 + random.nextInt(4000)));
    }
    return boxes;
  }

  private static List<ChunkOrigin> origins(RandomGenerator random) {
    List<ChunkOrigin> origins = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      origins.add(new ChunkOrigin("video.chunks", random.nextInt(4), random.nextLong(1L << 40)));
    }
    return origins;
  }
}
