package io.chronoscope.cli.chaos;

import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.decode.MediaSegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The chunks that every fault is tried with: the beginnings of some sample videos, each a stream.
///
/// @param streams the segments of each stream, in order
record Workload(Map<String, List<MediaSegment>> streams) {

  static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  static final Duration CHUNK = Duration.ofSeconds(2);
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
  void send(SegmentSender sender, int from, int until) {
    for (int round = from; round < until; round++) {
      int now = round;
      streams.forEach((stream, segments) -> sendRound(sender, stream, segments, now));
    }
  }

  private static void sendRound(
      SegmentSender sender, String stream, List<MediaSegment> segments, int round) {
    if (round < segments.size()) {
      MediaSegment segment = segments.get(round);
      sender.send(stream, segment.index(), START.plus(segment.start()), segment);
    } else if (round == segments.size()) {
      sender.end(stream);
    }
  }

  /// The segments of the first stream, for streams of another name.
  List<MediaSegment> segments() {
    return streams.values().iterator().next();
  }
}
