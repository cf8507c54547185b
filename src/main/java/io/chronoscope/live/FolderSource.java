package io.chronoscope.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.decode.LiveSegment;
import io.chronoscope.decode.LiveSegment.StatedTime;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.MediaFile;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A directory into which a camera or a recorder writes one video file after the other. A file is
/// read once it has not changed for a while; it ends when it was last modified. Which files were
/// read, and how far, survives the process.
final class FolderSource implements LiveSource {

  private static final Set<String> EXTENSIONS = Set.of("mp4", "m4v", "mov", "mkv", "webm", "ts");
  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final long POLL_MS = 500;
  private static final String PROGRESS = "files";

  private final Path folder;
  private final Spool spool;
  private final LiveSettings settings;
  private final MediaFiles files;
  private final InstantSource clock;
  private final Consumer<SourceEvent> listener;
  private final Map<String, Integer> progress = new HashMap<>();

  /// @param spool of the stream; its directory remembers what was read
  /// @param files opens them
  /// @param listener is notified of files that cannot be read
  FolderSource(
      Path folder,
      Spool spool,
      LiveSettings settings,
      MediaFiles files,
      InstantSource clock,
      Consumer<SourceEvent> listener)
      throws IOException {
    this.folder = folder;
    this.spool = spool;
    this.settings = settings;
    this.files = files;
    this.clock = clock;
    this.listener = listener;
    Path file = spool.directory().resolve(PROGRESS);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        int tab = line.indexOf('\t');
        progress.put(line.substring(tab + 1), Integer.parseInt(line.substring(0, tab)));
      }
    }
  }

  /// A file that is complete.
  ///
  /// @param key changes with the file's content
  private record Recording(Path path, String key, Instant modified) {}

  @Override
  public SourceConnection open() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is no directory");
    }
    CountDownLatch canceled = new CountDownLatch(1);
    return new SourceConnection() {
      @Override
      public void read(Consumer<LiveSegment> sink) throws IOException {
        watch(sink, canceled);
      }

      @Override
      public void cancel() {
        canceled.countDown();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public End end() {
    return End.CLOSED;
  }

  private void watch(Consumer<LiveSegment> sink, CountDownLatch canceled) throws IOException {
    try {
      do {
        for (Recording recording : complete()) {
          if (canceled.getCount() == 0) {
            return;
          }
          if (progress.getOrDefault(recording.key(), 0) >= 0) {
            read(recording, sink);
          }
        }
      } while (!canceled.await(POLL_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The complete files, in the order in which they were completed.
  private List<Recording> complete() throws IOException {
    Instant settled = clock.instant().minus(SETTLED);
    try (Stream<Path> files = Files.list(folder)) {
      List<Recording> found =
          files
              .filter(FolderSource::isVideo)
              .flatMap(FolderSource::recording)
              .filter(one -> one.modified().isBefore(settled))
              .sorted(Comparator.comparing(Recording::modified).thenComparing(Recording::path))
              .toList();
      Set<String> present = found.stream().map(Recording::key).collect(Collectors.toSet());
      progress.keySet().retainAll(present);
      return found;
    }
  }

  private static boolean isVideo(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".")
        && EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static Stream<Recording> recording(Path file) {
    try {
      Instant modified = Files.getLastModifiedTime(file).toInstant();
      return Files.isRegularFile(file)
          ? Stream.of(
              new Recording(
                  file,
                  "%s\t%d\t%s".formatted(file.getFileName(), Files.size(file), modified),
                  modified))
          : Stream.empty();
    } catch (IOException e) {
      return Stream.empty(); // It was removed meanwhile.
    }
  }

  private void read(Recording recording, Consumer<LiveSegment> sink) throws IOException {
    try (MediaFile file = files.open(recording.path())) {
      Instant start = recording.modified().minus(file.overview(OptionalDouble.empty()).duration());
      int done = progress.getOrDefault(recording.key(), 0);
      Consumer<MediaSegment> segments =
          segment -> {
            if (segment.index() >= done) {
              sink.accept(live(segment, start, segment.index() > done));
              remember(recording, segment.index() + 1);
            }
          };
      switch (settings.treatment()) {
        case COPY -> {
          var unused = file.cut(settings.segmentLength(), OptionalDouble.empty(), segments);
        }
        case ENCODE -> file.encode(settings, segments);
      }
    } catch (UnreadableMediaException | IOException e) {
      spool.skipNumber();
      listener.accept(
          new SourceEvent.Dropped(
              spool.stream(), 1, recording.path().getFileName() + ": " + e.getMessage()));
    }
    remember(recording, -1);
  }

  private static LiveSegment live(MediaSegment segment, Instant fileStart, boolean continues) {
    long pts = segment.start().toNanos() / 1000;
    long fileMicros = StreamClock.epochMicros(fileStart);
    return new LiveSegment(
        pts,
        segment.duration(),
        segment.contentType(),
        segment.media(),
        0,
        continues,
        fileMicros,
        Optional.of(new StatedTime(fileMicros, SourceClock.FILE)));
  }

  /// @param segments that were read, or -1 for all
  private void remember(Recording recording, int segments) {
    progress.put(recording.key(), segments);
    String lines =
        progress.entrySet().stream()
            .map(one -> one.getValue() + "\t" + one.getKey() + "\n")
            .collect(Collectors.joining());
    try {
      spool.writeAtomically(PROGRESS, lines.getBytes(UTF_8));
    } catch (IOException e) {
      // After a restart it is read again: duplicates, but no loss.
    }
  }
}
