package io.chronoscope.messaging.delivery;

import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.StreamState.Counts;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.Seen;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.messaging.delivery.PartitionProgress.PendingRecord;
import io.chronoscope.testing.Samples;
import io.chronoscope.testing.StreamPositions;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/// Commits of streams on one partition, and a cluster with their topics.
final class CommitFixtures {

  static final TopicPartition PARTITION = new TopicPartition("video.chunks", 1);

  private CommitFixtures() {}

  static WriteUnitRecords records(ChunkOffsets offsets) {
    return new WriteUnitRecords(
        new ResultEnvelope(TopicNames.DEFAULT, URI.create("/test")), TopicNames.DEFAULT, offsets);
  }

  /// Adds the records of a stream with the offsets `from` to `until`, exclusive.
  static void read(ChunkOffsets offsets, String stream, long from, long until) {
    for (long offset = from; offset < until; offset++) {
      offsets.add(PARTITION, offset, new PendingRecord(stream, Instant.EPOCH, 1));
    }
  }

  static ChunkOrigin origin(long offset) {
    return new ChunkOrigin(PARTITION.topic(), PARTITION.partition(), offset);
  }

  /// A commit with one event, after which the stream continues.
  static StreamCommit commit(String stream, int revision, long resumeFrom) {
    var event = Samples.event(stream + "-e1", revision, stream);
    return new StreamCommit(
        stream,
        List.of(event),
        Optional.of(
            new StreamState(
                StreamState.VERSION,
                stream,
                event.start(),
                3,
                List.of(new OpenEvent(event, new Seen(1, 5), new Seen(2, 5), 6)),
                Summaries.NONE,
                Counts.NONE,
                List.of(),
                StreamPositions.at(resumeFrom, Instant.parse("2026-01-01T00:00:00.000001Z")))),
        origin(resumeFrom));
  }

  /// A commit that withdraws the event of [#commit].
  static StreamCommit withdrawal(String stream, int revision, long resumeFrom) {
    StreamCommit commit = commit(stream, revision, resumeFrom);
    VideoEvent event = Samples.event(stream + "-e1", revision, stream);
    return new StreamCommit(
        stream,
        List.of(
            new VideoEvent(
                event.id(),
                revision,
                Status.WITHDRAWN,
                stream,
                event.span(),
                event.toleranceMs(),
                event.description(),
                event.provenance(),
                event.chunks())),
        commit.state(),
        commit.resumeFrom());
  }

  /// The last commit of a stream.
  static StreamCommit end(String stream, long last) {
    return new StreamCommit(stream, List.of(), Optional.empty(), origin(last));
  }

  static Cluster cluster() {
    Node node = new Node(0, "localhost", 1);
    Node[] nodes = {node};
    List<PartitionInfo> partitions =
        Stream.of("video.events", "video.chunks.dlq", "video.state")
            .flatMap(topic ->
                Stream.of(
                    new PartitionInfo(topic, 0, node, nodes, nodes),
                    new PartitionInfo(topic, 1, node, nodes, nodes)))
            .toList();
    return new Cluster("test", List.of(node), partitions, Set.of(), Set.of());
  }
}
