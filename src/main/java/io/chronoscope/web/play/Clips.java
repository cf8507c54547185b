package io.chronoscope.web.play;

import io.chronoscope.client.ChunkIndex.Entry;
import io.chronoscope.client.RetainedMedia;
import io.chronoscope.decode.Clip;
import io.chronoscope.decode.MediaFile;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaTask;
import io.chronoscope.decode.MediaTask.ClipMode;
import io.chronoscope.decode.NotPlayableException;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.web.play.ClipCache.Cached;
import io.chronoscope.web.play.WorkLimits.Deadline;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes clips of retained chunks, in a worker process of their own.
@ApplicationScoped
public class Clips {

  private final RetainedVideo video;
  private final WorkLimits limits;
  private final ClipCache cache;
  private final MediaFiles files;

  Clips(RetainedVideo video, WorkLimits limits, ClipCache cache, MediaFiles files) {
    this.video = video;
    this.limits = limits;
    this.cache = cache;
    this.files = files;
  }

  /// @throws ProblemException when there is no such clip, or it would be too large or too slow
  public Cached make(String stream, Instant from, Instant to, ClipMode mode) {
    limits.checkSpan(from, to);
    Deadline deadline = limits.deadline();
    try {
      List<Entry> entries = video.find(stream, from, to, deadline).entries();
      limits.checkBytes(entries.stream().mapToLong(Entry::sizeBytes).sum());
      String key = ClipCache.key(stream, from, to, mode, entries);
      Optional<Cached> cached = cache.find(key);
      if (cached.isPresent()) {
        return cached.get();
      }
      return limits.run(deadline, () -> make(key, entries, from, to, mode, deadline));
    } catch (ProblemException e) {
      throw e;
    } catch (NotPlayableException e) {
      throw Problem.ofField(
              Reason.NOT_PLAYABLE,
              "transcode",
              e.getMessage() + "; with transcode=true it is encoded again")
          .exception();
    } catch (UnreadableMediaException e) {
      throw new ProblemException(Reason.UNREADABLE_VIDEO, e.rejection().detail());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(Reason.BUSY, "the service is stopping");
    } catch (Exception e) {
      throw new IllegalStateException("a clip of %s could not be made".formatted(stream), e);
    }
  }

  private Cached make(
      String key, List<Entry> entries, Instant from, Instant to, ClipMode mode, Deadline deadline)
      throws IOException, UnreadableMediaException, NotPlayableException {
    Path source = cache.newFile();
    Path target = cache.newFile();
    boolean made = false;
    try {
      List<MediaTask.Part> parts = copy(entries, source, deadline);
      MediaTask.Join join =
          new MediaTask.Join(
              mode, StreamClock.epochMicros(from), StreamClock.epochMicros(to), parts);
      Clip clip = join(join, source, target, deadline);
      Cached cached = cache.add(key, target, clip);
      made = true;
      return cached;
    } finally {
      Files.deleteIfExists(source);
      if (!made) {
        Files.deleteIfExists(target);
      }
    }
  }

  private Clip join(MediaTask.Join join, Path source, Path target, Deadline deadline)
      throws IOException, UnreadableMediaException, NotPlayableException {
    try (MediaFile media = files.open(source);
        FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
      return media.join(
          join,
          limits.decode(),
          bytes -> {
            limits.checkBytes(bytes);
            deadline.check();
          },
          bytes -> write(bytes, out));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void write(MemorySegment bytes, FileChannel out) {
    try {
      ByteBuffer left = bytes.asByteBuffer();
      while (left.hasRemaining()) {
        var unused = out.write(left);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Copies the chunks into one file. One that cannot be had leaves a hole, as it does for the
  /// analysis; only when none can be had there is no clip.
  private List<MediaTask.Part> copy(List<Entry> entries, Path target, Deadline deadline)
      throws IOException, UnreadableMediaException {
    List<MediaTask.Part> parts = new ArrayList<>();
    List<UnreadableMediaException> unreadable = new ArrayList<>();
    try (RetainedMedia reader = video.open();
        FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
      for (Entry entry : entries) {
        deadline.check();
        try {
          ByteBuffer media = video.media(entry, reader);
          write(MemorySegment.ofBuffer(media), out);
          parts.add(new MediaTask.Part(media.remaining(), StreamClock.epochMicros(entry.start())));
        } catch (UnreadableMediaException e) {
          unreadable.add(e);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (parts.isEmpty() && !unreadable.isEmpty()) {
      throw unreadable.getFirst();
    }
    return parts;
  }
}
