package io.chronoscope.decode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/// Opens media files for [MediaTask]s. The interface exchanges values only, so an implementation
/// may run in another process.
@FunctionalInterface
public interface MediaFiles extends AutoCloseable {

  /// In this process, without limits on what a file takes.
  MediaFiles IN_PROCESS = Mapped::open;

  /// @return for use by this thread, which closes it
  /// @throws IOException when the file cannot be read
  MediaFile open(Path file) throws IOException;

  /// Opens no more files.
  @Override
  default void close() {}

  /// A file that is mapped into this process.
  final class Mapped implements MediaFile {

    private final Arena arena;
    private final MemorySegment bytes;

    private Mapped(Arena arena, MemorySegment bytes) {
      this.arena = arena;
      this.bytes = bytes;
    }

    @SuppressWarnings("MustBeClosed") // the object owns the arena and closes it
    static Mapped open(Path file) throws IOException {
      Arena arena = Arena.ofConfined();
      boolean opened = false;
      try (FileChannel channel = FileChannel.open(file)) {
        Mapped mapped = new Mapped(arena, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
        opened = true;
        return mapped;
      } finally {
        if (!opened) {
          arena.close();
        }
      }
    }

    @Override
    public void run(MediaTask task, DecodeLimits limits, TaskSink sink)
        throws UnreadableMediaException {
      MediaTasks.run(task, bytes, limits, sink);
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
