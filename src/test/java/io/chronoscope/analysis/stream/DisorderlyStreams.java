package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.LampChunks.SECONDS;
import static io.chronoscope.analysis.stream.StreamFixture.NOON;

import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.StreamInput.Unreadable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/// Generates streams with everything that can go wrong: chunks that are late, duplicated, missing,
/// redriven, overlapping, garbage or without some of their frames; clocks that jump; envelopes
/// without numbers or durations; silences; and records that are no chunks.
final class DisorderlyStreams {

  private DisorderlyStreams() {}

  /// Equal random numbers give equal streams, on which the seeds of [ResumeFromAnyCommitTest]
  /// depend.
  static List<Optional<StreamInput>> generate(Random random) {
    boolean lengths = random.nextInt(4) > 0;
    boolean numbers = random.nextInt(4) > 0;
    double zero = 0;
    record Sent(double when, Chunk chunk) {}
    List<Sent> sent = new ArrayList<>();
    int count = 12 + random.nextInt(16);
    int firstNumber = random.nextInt(5) == 0 ? 100 : 0;
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(30)) {
        case 0 -> zero += 5 + random.nextInt(40);
        case 1 -> zero -= 5 + random.nextInt(40);
        default -> {}
      }
      double from = i * SECONDS;
      double overlap = random.nextInt(8) == 0 && i > 0 ? 1 : 0;
      boolean bad = random.nextInt(15) == 0;
      boolean lacksFrames = (31 * i + 7 * count + firstNumber) % 10 == 0;
      Chunk whole =
          LampChunks.chunk(
              0, firstNumber + i, from - overlap, from + SECONDS, zero + from - overlap);
      Chunk chunk =
          new Chunk(
              "cam",
              whole.origin(),
              whole.declaredStart(),
              NOON,
              numbers ? whole.sequence() : OptionalLong.empty(),
              lengths ? whole.declaredDuration() : Optional.empty(),
              bad
                  ? new Media.Inline(ByteBuffer.wrap("junk".getBytes(StandardCharsets.UTF_8)))
                  : lacksFrames ? LampChunks.withoutFrames(whole) : whole.media(),
              false);
      switch (random.nextInt(10)) {
        case 0 -> {}
        case 1, 2 -> sent.add(new Sent(i + random.nextDouble() * 4, chunk));
        case 3 -> sent.add(new Sent(i + 7 + random.nextInt(4), chunk));
        case 4 -> {
          sent.add(new Sent(i, chunk));
          sent.add(new Sent(i + random.nextInt(12), chunk));
        }
        default -> sent.add(new Sent(i, chunk));
      }
      if (random.nextInt(8) == 0) {
        sent.add(new Sent(i + random.nextInt(15), LampChunks.redriven(chunk, 0)));
      }
    }
    sent.sort(Comparator.comparingDouble(Sent::when));
    List<Optional<StreamInput>> actions = new ArrayList<>();
    long offset = random.nextInt(100);
    for (Sent each : sent) {
      actions.add(Optional.of(LampChunks.atOffset(each.chunk(), offset)));
      offset += 1 + random.nextInt(3);
      if (random.nextInt(20) == 0) {
        actions.add(Optional.empty());
      }
      if (random.nextInt(25) == 0) {
        actions.add(
            Optional.of(
                new Unreadable(
                    "cam",
                    LampChunks.origin(offset++),
                    new Rejection(Rejection.Reason.BAD_ENVELOPE, "ce_time is no time"))));
      }
    }
    actions.add(Optional.of(LampChunks.end(offset)));
    return actions;
  }
}
