package io.chronoscope.wire;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Unreadable;
import io.chronoscope.fuzz.HeaderText;
import io.chronoscope.wire.ChunkEnvelope.NoStreamException;
import java.time.Duration;
import java.time.Instant;

/// Fuzz target: a record of the chunks topic, as [HeaderText] writes it.
public final class ChunkEnvelopeFuzz {

  private static final ChunkEnvelope ENVELOPE = new ChunkEnvelope(1 << 20);
  private static final Instant END_OF_TIME = Instant.parse("2200-01-01T00:00:00Z");

  private ChunkEnvelopeFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    StreamInput read;
    try {
      read = ENVELOPE.read(HeaderText.record("chunks", input));
    } catch (NoStreamException e) {
      requireText(e.getMessage());
      return;
    }
    require(!read.stream().isBlank(), "a stream without a name");
    switch (read) {
      case Chunk chunk -> {
        require(chunk.sequence().orElse(0) >= 0, "a negative sequence number");
        require(
            chunk
                .declaredDuration()
                .map(length -> length.compareTo(Duration.ofDays(1)) <= 0)
                .orElse(true),
            "a chunk longer than a day");
        require(
            chunk
                .declaredStart()
                .map(time -> !time.isBefore(Instant.EPOCH) && time.isBefore(END_OF_TIME))
                .orElse(true),
            "a time that no clock shows");
      }
      case EndOfStream end -> {}
      case Unreadable unreadable -> requireText(unreadable.rejection().detail());
    }
  }
}
