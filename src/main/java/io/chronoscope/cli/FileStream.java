package io.chronoscope.cli;

import io.chronoscope.claimcheck.MediaUploader;
import io.chronoscope.cli.run.ChunkLimits;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.OpenVideo;
import io.chronoscope.cli.run.Pace;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput.Media;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// A stream that is made of one or more video files and sent chunk by chunk. For use by one thread.
final class FileStream {

  /// A chunk that was sent.
  ///
  /// @param uri where the media are, when only a reference was sent
  /// @param at where the record is
  record Sent(
      String stream,
      long sequence,
      Instant start,
      Duration duration,
      int sizeBytes,
      String contentType,
      Optional<URI> uri,
      ChunkOrigin at) {}

  /// Where chunks go.
  ///
  /// @param uploader stores the media and is empty when chunks hold them; owned by the caller
  /// @param limits of each chunk
  /// @param files opens the files that are sent; owned by the caller
  record Destination(
      SegmentSender sender,
      Optional<MediaUploader> uploader,
      ChunkLimits limits,
      MediaFiles files) {}

  private final String id;
  private final Instant start;
  private final Pace pace;
  private final Destination destination;
  private final Consumer<Sent> log;
  private final Instant sendingSince = Instant.now();
  private Instant end;
  private long chunks;
  private long bytes;

  /// @param start when the stream starts
  /// @param log called for each chunk sent
  FileStream(String id, Instant start, Pace pace, Destination destination, Consumer<Sent> log) {
    this.id = id;
    this.start = start;
    this.pace = pace;
    this.destination = destination;
    this.log = log;
    this.end = start;
  }

  /// Sends a file, which starts where the previous one ended.
  ///
  /// @param length minimum length of a chunk; it ends before the next key frame
  /// @param statedFps frame rate of an elementary stream
  /// @throws IllegalArgumentException when it cannot be read, or a chunk exceeds the limits
  void send(Path file, Duration length, OptionalDouble statedFps) {
    Instant fileStart = end;
    try (OpenVideo video = OpenVideo.of(file, destination.files)) {
      video.cut(
          length,
          statedFps,
          segment -> {
            destination.limits.check(file, segment);
            send(fileStart.plus(segment.start()), segment);
          });
    }
  }

  private void send(Instant chunkStart, MediaSegment segment) {
    end = chunkStart.plus(segment.duration());
    pace.awaitTurn(sendingSince.plus(Duration.between(start, end)));
    Optional<Media.Reference> reference = destination.uploader.map(store -> upload(store, segment));
    ChunkOrigin at =
        reference.isPresent()
            ? destination.sender.send(id, chunks, chunkStart, segment.duration(), reference.get())
            : destination.sender.send(id, chunks, chunkStart, segment);
    int size = segment.media().remaining();
    log.accept(
        new Sent(
            id,
            chunks,
            chunkStart,
            segment.duration(),
            size,
            segment.contentType(),
            reference.map(Media.Reference::uri),
            at));
    bytes += size;
    chunks++;
  }

  private Media.Reference upload(MediaUploader store, MediaSegment segment) {
    try {
      return store.put(id, chunks, segment.contentType(), FileFeed.bytesOf(segment));
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot store chunk %d of %s: %s".formatted(chunks, id, e.getMessage()), e);
    }
  }

  /// Marks the end of the stream.
  void end() {
    destination.sender.end(id);
  }

  long chunks() {
    return chunks;
  }

  long sizeBytes() {
    return bytes;
  }

  Duration duration() {
    return Duration.between(start, end);
  }
}
