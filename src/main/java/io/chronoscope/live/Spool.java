package io.chronoscope.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.domain.SourceClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The chunks of one stream that are not in Kafka yet, in a directory: one file each, oldest first.
/// They survive the process. Above its bound the oldest are dropped; numbers are not reused, so
/// what was dropped is a gap. Thread-safe; one process at a time.
public final class Spool implements AutoCloseable {

  private static final String SUFFIX = ".chunk";
  private static final String NUMBER = "next-sequence";

  private final Path directory;
  private final String stream;
  private final long maxBytes;
  private final FileChannel lockFile;
  private final FileLock lock;
  private final TreeMap<Long, Long> sizes = new TreeMap<>();
  private long next;
  private long sizeBytes;
  private long dropped;
  private long inFlight = -1;

  /// What [#append] did.
  ///
  /// @param dropped older chunks that had to give way
  public record Appended(SpooledChunk chunk, int dropped) {}

  private Spool(Path directory, String stream, long maxBytes, FileChannel lockFile, FileLock lock) {
    this.directory = directory;
    this.stream = stream;
    this.maxBytes = maxBytes;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /// Opens the spool of a stream, with what an earlier process left.
  ///
  /// @param root a directory of its own is created in it
  /// @throws IOException when the directory cannot be used, or another process uses it
  public static Spool open(Path root, String stream, long maxBytes) throws IOException {
    String name = PercentEncoding.of(stream);
    Path directory = root.resolve(name.startsWith(".") ? "%2E" + name.substring(1) : name);
    Files.createDirectories(directory);
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      FileLock lock = tryLock(lockFile);
      if (lock == null) {
        throw new IOException(
            "the stream %s is being produced already: %s is in use".formatted(stream, directory));
      }
      Spool spool = new Spool(directory, stream, maxBytes, lockFile, lock);
      spool.load();
      opened = true;
      return spool;
    } finally {
      if (!opened) {
        lockFile.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private void load() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".part")) {
          Files.delete(file);
        } else if (name.endsWith(SUFFIX)) {
          long sequence = Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
          sizes.put(sequence, Files.size(file));
          sizeBytes += Files.size(file);
        }
      }
    }
    Path number = directory.resolve(NUMBER);
    if (Files.exists(number)) {
      next = Long.parseLong(Files.readString(number).strip());
    }
    if (!sizes.isEmpty()) {
      next = Math.max(next, sizes.lastKey() + 1);
    }
  }

  String stream() {
    return stream;
  }

  /// A directory that is the stream's own, for what else must survive the process.
  Path directory() {
    return directory;
  }

  /// Whether an earlier process numbered chunks of this stream.
  synchronized boolean hasHistory() {
    return next > 0;
  }

  /// Continues after what is in Kafka: chunks with numbers that were used since are dropped.
  ///
  /// @return how many were dropped
  synchronized int continueAt(long number) throws IOException {
    int stale = 0;
    while (!sizes.isEmpty() && sizes.firstKey() < number) {
      delete(sizes.firstKey());
      stale++;
    }
    dropped += stale;
    next = Math.max(next, number);
    return stale;
  }

  /// Leaves a hole in the numbers: video was lost before the next chunk.
  public synchronized void skipNumber() {
    next++;
  }

  /// Stores a chunk under the next number.
  ///
  /// @throws IOException when it cannot be stored; the number is used up
  public Appended append(
      Instant start, Duration duration, String contentType, SourceClock clock, byte[] media)
      throws IOException {
    SpooledChunk chunk;
    synchronized (this) {
      chunk = new SpooledChunk(stream, next++, start, duration, contentType, clock, media);
    }
    writeAtomically(NUMBER, Long.toString(chunk.sequence() + 1).getBytes(UTF_8));
    byte[] bytes = ChunkFile.write(chunk);
    writeAtomically(name(chunk.sequence()), bytes);
    synchronized (this) {
      sizes.put(chunk.sequence(), (long) bytes.length);
      sizeBytes += bytes.length;
      int evicted = evict(chunk.sequence());
      notifyAll();
      return new Appended(chunk, evicted);
    }
  }

  /// Drops the oldest chunks above the bound, but neither the newest nor the one being sent.
  private int evict(long newest) throws IOException {
    int evicted = 0;
    while (sizeBytes > maxBytes) {
      Long oldest = sizes.firstKey();
      if (oldest == inFlight) {
        oldest = sizes.higherKey(oldest);
      }
      if (oldest == null || oldest == newest) {
        break;
      }
      delete(oldest);
      evicted++;
    }
    dropped += evicted;
    return evicted;
  }

  /// Waits for the oldest chunk, which stays until [#remove].
  ///
  /// @return empty when there is none within that time
  public Optional<SpooledChunk> oldest(Duration patience) throws IOException, InterruptedException {
    long sequence;
    synchronized (this) {
      if (sizes.isEmpty()) {
        wait(Math.max(1, patience.toMillis()));
      }
      if (sizes.isEmpty()) {
        return Optional.empty();
      }
      sequence = sizes.firstKey();
      inFlight = sequence;
    }
    try {
      return Optional.of(
          ChunkFile.read(stream, sequence, Files.readAllBytes(directory.resolve(name(sequence)))));
    } catch (IOException e) {
      synchronized (this) {
        dropped++;
        remove(sequence);
      }
      throw new IOException(
          "chunk %d in %s cannot be read and is dropped: %s"
              .formatted(sequence, directory, e.getMessage()),
          e);
    }
  }

  /// Removes a chunk: it is durable elsewhere.
  public synchronized void remove(long sequence) throws IOException {
    if (sizes.containsKey(sequence)) {
      delete(sequence);
    }
    inFlight = -1;
  }

  /// Removes a chunk that cannot be sent.
  synchronized void drop(long sequence) throws IOException {
    dropped++;
    remove(sequence);
  }

  private void delete(long sequence) throws IOException {
    Long size = sizes.remove(sequence);
    sizeBytes -= size == null ? 0 : size;
    Files.deleteIfExists(directory.resolve(name(sequence)));
  }

  public synchronized int chunks() {
    return sizes.size();
  }

  public synchronized long sizeBytes() {
    return sizeBytes;
  }

  /// Chunks dropped since this spool was opened.
  public synchronized long dropped() {
    return dropped;
  }

  private static String name(long sequence) {
    return "%016d%s".formatted(sequence, SUFFIX);
  }

  /// A reader never sees a partial file, and a chunk that is there survives a loss of power.
  void writeAtomically(String name, byte[] bytes) throws IOException {
    Path unfinished = directory.resolve(name + ".part");
    try (FileChannel file =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      file.force(true);
    }
    Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    lock.release();
    lockFile.close();
  }
}
