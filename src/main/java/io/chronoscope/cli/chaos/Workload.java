package io.chronoscope.cli.chaos;

import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.decode.MediaSegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The chunks that every fault is tried with: the beginnings of some sample videos, each a stream.
///
/// @param streams the segments of each stream, in order
record Workload(Map<String, List<MediaSegment>> streams) {

  static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  private static final Duration CHUNK = Duration.ofSeconds(2);
  private static final int CHUNKS = 6;

  /// @param folder with the sample videos
  static Workload of(Path folder) {
    Map<String, List<MediaSegment>> streams = new LinkedHashMap<>();
    for (String name : List.of("gate", "yard")) {
      List<MediaSegment> all = FileFeed.cut(folder.resolve(name + ".mp4"), CHUNK);
      streams.put(name, List.copyOf(all.subList(0, Math.min(CHUNKS, all.size()))));
    }
    return new Workload(streams);
  }

  /// Number of rounds in which [#send] sends it: a chunk of each stream, and at last the ends.
  int rounds() {
    return streams.values().stream().mapToInt(List::size).max().orElse(0) + 1;
  }

  /// Sends what belongs to some rounds and waits until the broker has it.
  ///
  /// @param from first round
  /// @param until exclusive
  void send(ChunkPublisher publisher, int from, int until) {
    for (int round = from; round < until; round++) {
      int now = round;
      streams.forEach((stream, segments) -> sendRound(publisher, stream, segments, now));
    }
  }

  private static void sendRound(
      ChunkPublisher publisher, String stream, List<MediaSegment> segments, int round) {
    if (round < segments.size()) {
      send(publisher, stream, segments.get(round), START);
    } else if (round == segments.size()) {
      publisher.end(stream).toCompletableFuture().join();
    }
  }

  /// @param start of the segment's stream
  static void send(ChunkPublisher publisher, String stream, MediaSegment segment, Instant start) {
    publisher
        .publish(
            stream,
            segment.index(),
            start.plus(segment.start()),
            segment.duration(),
            segment.contentType(),
            FileFeed.bytesOf(segment))
        .toCompletableFuture()
        .join();
  }

  /// All segments of the first stream again and again, as one long stream.
  Stream<MediaSegment> first() {
    return new ArrayList<>(streams.values().iterator().next()).stream();
  }
}
