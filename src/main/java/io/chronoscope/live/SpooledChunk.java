package io.chronoscope.live;

import io.chronoscope.domain.SourceClock;
import java.time.Duration;
import java.time.Instant;

/// A chunk of a live stream on its way to Kafka. Sent again it is the same chunk, with the same id.
///
/// @param sequence number in its stream; a hole in the numbers is time that was lost
/// @param start absolute time of the segment's presentation time zero
/// @param clock where that time comes from
/// @param media must not change
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SpooledChunk(
    String stream,
    long sequence,
    Instant start,
    Duration duration,
    String contentType,
    SourceClock clock,
    byte[] media) {

  /// Unique among all chunks of a stream, also when numbers start again because the spool was lost.
  public String id() {
    return stream + "/" + sequence + "@" + start;
  }

  public Instant end() {
    return start.plus(duration);
  }
}
