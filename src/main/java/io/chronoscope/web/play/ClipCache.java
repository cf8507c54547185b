package io.chronoscope.web.play;

import io.chronoscope.client.ChunkIndex.Entry;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.decode.Clip;
import io.chronoscope.decode.MediaTask.ClipMode;
import io.chronoscope.domain.Sha256;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finished clips as files in a directory of their own, which is removed at the end. A browser asks
/// for a clip many times, a range of bytes each; the least recently used files are removed first.
@ApplicationScoped
public class ClipCache {

  private final long maxBytes;
  private final Map<String, Cached> clips = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private @Nullable Path directory;

  ClipCache(ChronoscopeConfig settings) {
    this.maxBytes = settings.play().cacheBytes().asLongValue();
  }

  /// @param key identifies the bytes
  public record Cached(String key, Path file, long sizeBytes, Clip clip) {}

  /// Identifies a clip by what it is made of: a range that was not complete is made again later.
  static String key(String stream, Instant from, Instant to, ClipMode mode, List<Entry> entries) {
    StringBuilder text =
        new StringBuilder(stream).append('\n').append(from).append(to).append(mode);
    entries.forEach(entry -> text.append('\n').append(entry.origin()).append(entry.start()));
    return HexFormat.of().formatHex(Sha256.of(text.toString()), 0, 16);
  }

  synchronized Optional<Cached> find(String key) {
    return Optional.ofNullable(clips.get(key)).filter(clip -> Files.exists(clip.file()));
  }

  /// A file for a new clip; the caller adds or deletes it.
  synchronized Path newFile() throws IOException {
    if (directory == null || !Files.isDirectory(directory)) {
      directory = Files.createTempDirectory("chronoscope-clips");
    }
    return Files.createTempFile(directory, "clip", ".mp4");
  }

  /// Adds a finished clip, and removes others until all fit.
  synchronized Cached add(String key, Path file, Clip clip) throws IOException {
    Cached added = new Cached(key, file, Files.size(file), clip);
    remove(clips.put(key, added));
    bytes += added.sizeBytes();
    List<Cached> oldestFirst = new ArrayList<>(clips.values());
    for (Cached oldest : oldestFirst) {
      if (bytes > maxBytes && oldest != added) {
        remove(clips.remove(oldest.key()));
      }
    }
    return added;
  }

  private void remove(@Nullable Cached clip) {
    if (clip != null) {
      bytes -= clip.sizeBytes();
      delete(clip.file());
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @PreDestroy
  synchronized void close() {
    clips.values().forEach(clip -> delete(clip.file()));
    clips.clear();
    if (directory != null) {
      delete(directory);
    }
  }
}
