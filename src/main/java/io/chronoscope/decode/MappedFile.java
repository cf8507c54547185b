package io.chronoscope.decode;

import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/// A media file that is mapped into this process. For use by the thread that opened it.
public final class MappedFile implements MediaFile {

  private final Arena arena;
  private final MemorySegment bytes;

  private MappedFile(Arena arena, MemorySegment bytes) {
    this.arena = arena;
    this.bytes = bytes;
  }

  /// @throws IOException when the file cannot be read
  @SuppressWarnings("MustBeClosed") // the object owns the arena and closes it
  public static MappedFile open(Path file) throws IOException {
    Arena arena = Arena.ofConfined();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(file)) {
      MappedFile mapped =
          new MappedFile(arena, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
      opened = true;
      return mapped;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /// @return valid until this file is closed
  public MemorySegment bytes() {
    return bytes;
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
