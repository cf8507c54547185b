package io.chronoscope.cli.run;

import io.chronoscope.decode.MediaSegment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Sends several streams side by side, as cameras that record at the same time would: always the
/// chunk that is completed next.
final class CameraFeed {

  private final SegmentSender sender;
  private final Pace pace;

  CameraFeed(SegmentSender sender, Pace pace) {
    this.sender = sender;
    this.pace = pace;
  }

  private record Chunk(SegmentStream stream, int sequence) {

    MediaSegment segment() {
      return stream.segments().get(sequence);
    }

    /// When a camera would have completed it, relative to the start of the run.
    Duration completedAfter() {
      return stream.startsAfter().plus(FileFeed.endOf(segment()));
    }

    boolean isLast() {
      return sequence == stream.segments().size() - 1;
    }
  }

  /// Sends all chunks and the end of each stream; blocks until the brokers have acknowledged them.
  void send(List<SegmentStream> streams) {
    List<Chunk> chunks = new ArrayList<>();
    for (SegmentStream stream : streams) {
      for (int sequence = 0; sequence < stream.segments().size(); sequence++) {
        chunks.add(new Chunk(stream, sequence));
      }
    }
    chunks.sort(Comparator.comparing(Chunk::completedAfter));
    Instant start = Instant.now();
    for (Chunk chunk : chunks) {
      pace.awaitTurn(start.plus(chunk.completedAfter()));
      SegmentStream stream = chunk.stream();
      MediaSegment segment = chunk.segment();
      sender.send(
          stream.id(),
          chunk.sequence(),
          start.plus(stream.startsAfter()).plus(segment.start()),
          segment);
      if (chunk.isLast()) {
        sender.end(stream.id());
      }
    }
  }
}
