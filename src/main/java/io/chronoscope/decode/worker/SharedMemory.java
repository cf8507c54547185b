package io.chronoscope.decode.worker;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.chronoscope.decode.worker.SystemCalls.Call;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;

/// Memory that a worker and its parent map both: first an area for pictures, of fixed size, then
/// one for the chunk, which grows with the largest chunk. Pages take memory once they are written.
///
/// On Linux it is an anonymous file (`memfd_create(2)`), which has no name in any file system and
/// cannot shrink, so that no access of the parent can fail. Elsewhere it is a temporary file that
/// the parent deletes when it has opened it.
///
/// Not thread-safe.
final class SharedMemory implements AutoCloseable {

  private static final long CLOSE_ON_EXEC = 1;
  private static final long ALLOW_SEALING = 2;
  private static final long F_ADD_SEALS = 1033;
  private static final long F_SEAL_SHRINK = 2;
  private static final long MADV_REMOVE = 9;

  private final FileChannel file;
  private final long pictureBytes;
  private final MemorySegment pictures;
  private Arena chunkArena = Arena.ofShared();
  private MemorySegment chunk = MemorySegment.NULL;
  private final Arena pictureArena = Arena.ofShared();

  private SharedMemory(FileChannel file, long pictureBytes, MapMode pictureMode)
      throws IOException {
    this.file = file;
    this.pictureBytes = pictureBytes;
    this.pictures = file.map(pictureMode, 0, pictureBytes, pictureArena);
  }

  /// Memory of a worker, and where its parent finds it.
  ///
  /// @param path of the file for this process: `/proc/self/fd/N` for an anonymous one
  record Created(SharedMemory memory, Path path) {}

  /// Creates the memory. Called in the worker.
  static Created create(long pictureBytes) throws IOException {
    Path path;
    FileChannel file;
    if (SystemCalls.machine().isPresent()) {
      path = anonymousFile();
      file = FileChannel.open(path, READ, WRITE);
    } else {
      path = Files.createTempFile("chronoscope-", ".frames");
      Files.delete(path);
      file = FileChannel.open(path, CREATE_NEW, READ, WRITE);
    }
    return new Created(new SharedMemory(file, pictureBytes, MapMode.READ_WRITE), path);
  }

  private static Path anonymousFile() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long descriptor =
          SystemCalls.call(
              Call.MEMFD_CREATE,
              arena.allocateFrom("chronoscope-frames").address(),
              CLOSE_ON_EXEC | ALLOW_SEALING);
      var unused = SystemCalls.call(Call.FCNTL, descriptor, F_ADD_SEALS, F_SEAL_SHRINK, 0, 0);
      return Path.of("/proc/self/fd/" + descriptor);
    }
  }

  /// Opens a worker's memory. Called in the parent.
  ///
  /// @param path as the worker sees it
  static SharedMemory open(long pid, Path path, long pictureBytes) throws IOException {
    boolean anonymous = path.startsWith("/proc/self");
    Path seenFromHere =
        anonymous ? Path.of("/proc/" + pid).resolve(Path.of("/proc/self").relativize(path)) : path;
    FileChannel file = FileChannel.open(seenFromHere, READ, WRITE);
    try {
      if (!anonymous) {
        Files.delete(path);
      }
      return new SharedMemory(file, pictureBytes, MapMode.READ_ONLY);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /// The area for pictures: the parent may only read it.
  MemorySegment pictures() {
    return pictures;
  }

  /// The area for the chunk, at least as large as asked for.
  ///
  /// @param mode READ_WRITE for the parent, READ_ONLY for the worker
  @SuppressWarnings("MustBeClosed") // this object owns the arena and closes it
  MemorySegment chunk(long bytes, MapMode mode) throws IOException {
    if (chunk.byteSize() < bytes) {
      chunkArena.close();
      chunkArena = Arena.ofShared();
      chunk = file.map(mode, pictureBytes, bytes, chunkArena);
    }
    return chunk;
  }

  /// Bytes mapped for chunks.
  long chunkBytes() {
    return chunk.byteSize();
  }

  /// Gives back the pages of the picture area.
  void releasePictures() throws IOException {
    if (SystemCalls.machine().isPresent()) {
      var unused =
          SystemCalls.call(
              Call.MADVISE, pictures.address(), pictures.byteSize(), MADV_REMOVE, 0, 0);
    }
  }

  @Override
  public void close() {
    pictureArena.close();
    chunkArena.close();
    try {
      file.close();
    } catch (IOException e) {
      // Nothing was buffered.
    }
  }
}
