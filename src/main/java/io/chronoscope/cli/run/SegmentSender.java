package io.chronoscope.cli.run;

import io.chronoscope.cli.console.FailureMessages;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Media;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// Sends segments of a file as chunks. Each call waits until the brokers have acknowledged the
/// record.
public final class SegmentSender {

  private final ChunkPublisher publisher;

  /// @param publisher stays owned by the caller, which closes it
  public SegmentSender(ChunkPublisher publisher) {
    this.publisher = publisher;
  }

  /// Sends a segment.
  ///
  /// @param sequence number of the chunk in its stream, from 0
  /// @param start absolute start of the chunk
  /// @throws IllegalStateException when the brokers reject the record
  public ChunkOrigin send(String stream, long sequence, Instant start, MediaSegment segment) {
    return acknowledged(
        stream,
        publisher.publish(
            stream,
            sequence,
            start,
            segment.duration(),
            segment.contentType(),
            FileFeed.bytesOf(segment)));
  }

  /// Sends a claim check instead of the media.
  ///
  /// @throws IllegalStateException when the brokers reject the record
  public ChunkOrigin send(
      String stream, long sequence, Instant start, Duration duration, Media.Reference reference) {
    return acknowledged(stream, publisher.publish(stream, sequence, start, duration, reference));
  }

  /// Marks the end of the stream.
  ///
  /// @throws IllegalStateException when the brokers reject the record
  public void end(String stream) {
    acknowledged(stream, publisher.end(stream));
  }

  private static ChunkOrigin acknowledged(String stream, CompletionStage<ChunkOrigin> sending) {
    try {
      return sending.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IllegalStateException(
          "cannot send a chunk of %s: %s".formatted(stream, FailureMessages.of(e)), e);
    }
  }
}
