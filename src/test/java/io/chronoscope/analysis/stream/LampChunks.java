package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamFixture.NOON;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.testing.LampVideo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Chunks of one video of lamps, two seconds each, as records of the stream `cam`.
final class LampChunks {

  static final double SECONDS = 2;

  private static final LampVideo.Script SCRIPT =
      new LampVideo.Script(10)
          .on('a', 1, 3)
          .on('b', 7, 13)
          .on('c', 8.5, 9.5)
          .on('d', 15, 40)
          .on('a', 30, 32)
          .on('e', 44, 47)
          .on('f', 55, 56);

  private LampChunks() {}

  /// @param from where the chunk is cut from the video, in seconds
  /// @param until where it ends in the video
  /// @param start its declared start, in seconds from noon
  static Chunk chunk(long offset, long number, double from, double until, double start) {
    return new Chunk(
        "cam",
        origin(offset),
        Optional.of(at(start)),
        NOON,
        OptionalLong.of(number),
        Optional.of(Duration.ofMillis(Math.round((until - from) * 1000))),
        SCRIPT.chunk(from, until));
  }

  /// The chunk with this number, declared where it lies in the video.
  static Chunk chunk(long offset, int number) {
    double from = number * SECONDS;
    return chunk(offset, number, from, from + SECONDS, from);
  }

  /// The chunk with this number of another video, with no declared duration.
  static Chunk chunk(LampVideo.Script script, int number) {
    double from = number * SECONDS;
    return new Chunk(
        "cam",
        origin(number),
        Optional.of(at(from)),
        NOON,
        OptionalLong.of(number),
        Optional.empty(),
        script.chunk(from, from + SECONDS));
  }

  static Chunk redriven(Chunk chunk, long offset) {
    return new Chunk(
        "cam",
        origin(offset),
        chunk.declaredStart(),
        NOON,
        chunk.sequence(),
        chunk.declaredDuration(),
        chunk.media(),
        true);
  }

  static Chunk atOffset(Chunk chunk, long offset) {
    return new Chunk(
        "cam",
        origin(offset),
        chunk.declaredStart(),
        chunk.recordTime(),
        chunk.sequence(),
        chunk.declaredDuration(),
        chunk.media(),
        chunk.redriven());
  }

  static Chunk withMedia(Chunk chunk, Media media) {
    return new Chunk(
        "cam",
        chunk.origin(),
        chunk.declaredStart(),
        NOON,
        chunk.sequence(),
        chunk.declaredDuration(),
        media,
        chunk.redriven());
  }

  /// The chunk's media without twelve of its frames, from 0.4 s to 1.6 s.
  static Media.Inline withoutFrames(Chunk chunk) {
    return new Media.Inline(LampVideo.without(((Media.Inline) chunk.media()).bytes(), 4, 16));
  }

  static Media.Inline garbage() {
    return new Media.Inline(ByteBuffer.wrap("garbage".getBytes(StandardCharsets.UTF_8)));
  }

  static ChunkOrigin origin(long offset) {
    return new ChunkOrigin("video.chunks", 0, offset);
  }

  static Instant at(double seconds) {
    return NOON.plusMillis(Math.round(seconds * 1000));
  }

  static EndOfStream end(long offset) {
    return new EndOfStream("cam", origin(offset));
  }

  /// The chunks with these numbers at consecutive offsets, and the stream's end.
  static List<Optional<StreamInput>> records(List<Integer> numbers) {
    List<StreamInput> inputs = new ArrayList<>();
    for (int number : numbers) {
      inputs.add(chunk(inputs.size(), number));
    }
    inputs.add(end(inputs.size()));
    return actions(inputs);
  }

  static List<Optional<StreamInput>> actions(List<? extends StreamInput> inputs) {
    return new ArrayList<>(inputs.stream().map(Optional::<StreamInput>of).toList());
  }

  /// The numbers from 0 on.
  static List<Integer> upTo(int chunks) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      numbers.add(i);
    }
    return numbers;
  }
}
