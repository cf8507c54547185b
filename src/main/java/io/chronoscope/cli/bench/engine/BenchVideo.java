package io.chronoscope.cli.bench.engine;

import io.chronoscope.decode.MediaSegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The video of a run.
///
/// @param length of the streams made of it, to the next chunk; the whole file where empty
record BenchVideo(Path file, Optional<Duration> length) {

  /// The chunks of a stream.
  List<MediaSegment> chunks(PlannedRow.Replay.Scene scene) {
    List<MediaSegment> all =
        switch (scene) {
          case BUSY -> StreamReplay.cut(file);
          case STILL -> StillScene.of(file);
        };
    return length
        .map(end -> all.stream().takeWhile(segment -> segment.start().compareTo(end) < 0).toList())
        .orElse(all);
  }
}
