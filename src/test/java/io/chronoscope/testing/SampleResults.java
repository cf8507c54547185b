package io.chronoscope.testing;

import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Plain results for tests; times are seconds from [#ORIGIN].
public final class SampleResults {

  public static final Instant ORIGIN = Instant.parse("2026-05-04T12:00:00Z");

  private static final Provenance PROVENANCE =
      new Provenance(new ModelRef("test", "1"), new Sampling(8, 2, "test", 64, 64, 64, 700, 0));

  private SampleResults() {}

  public static Instant at(double seconds) {
    return ORIGIN.plusMillis(Math.round(seconds * 1000));
  }

  public static TimeSpan span(double from, double to) {
    return new TimeSpan(at(from), at(to), Math.round(from * 1000), Math.round(to * 1000));
  }

  public static VideoEvent event(String stream, String id, double from, double to, String text) {
    return event(stream, id, 1, Status.CLOSED, from, to, text);
  }

  public static VideoEvent event(
      String stream, String id, int revision, Status status, double from, double to, String text) {
    return new VideoEvent(
        id,
        revision,
        status,
        stream,
        span(from, to),
        250,
        text,
        PROVENANCE,
        List.of(new ChunkOrigin("video.chunks", 0, 7)));
  }

  public static Summary summary(
      String stream, String id, Level level, double from, double to, String text) {
    return new Summary(id, 1, level, stream, span(from, to), text, PROVENANCE, List.of());
  }

  public static Alert alert(
      String stream, String id, String rule, double score, double from, double to, String text) {
    return new Alert(
        id,
        1,
        Status.CLOSED,
        rule,
        text,
        0,
        stream,
        span(from, to),
        250,
        score,
        Optional.empty(),
        PROVENANCE,
        List.of(),
        Certainty.UNSTATED);
  }

  public static Gap gap(String stream, String id, double from, double to, String detail) {
    return new Gap(id, 1, Status.CLOSED, stream, span(from, to), Gap.Cause.MISSING, detail);
  }

  public static StreamEnd end(String stream, String id, double from, double to, long events) {
    return new StreamEnd(
        id, stream, at(from), at(to), Math.round((to - from) * 1000), 1, events, 0);
  }

  public static DeadLetter deadLetter(String stream, long offset, String detail) {
    return new DeadLetter(
        stream,
        new ChunkOrigin("video.chunks", 0, offset),
        new Rejection(Rejection.Reason.CORRUPT, detail));
  }
}
