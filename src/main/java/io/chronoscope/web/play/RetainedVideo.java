package io.chronoscope.web.play;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.claimcheck.ReferenceStore;
import io.chronoscope.client.ChunkIndex;
import io.chronoscope.client.ChunkIndex.Entry;
import io.chronoscope.client.ChunkIndex.Lookup;
import io.chronoscope.client.RetainedMedia;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.service.KafkaBeans;
import io.chronoscope.web.play.WorkLimits.Deadline;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// The retained chunks of the chunks topic: which show a time, and what they hold, in the record or
/// by reference.
@ApplicationScoped
public class RetainedVideo {

  /// Requests that wait for the topic to be read; more would occupy threads that others need.
  private static final int MAX_WAITING = 6;

  private final Map<String, Object> kafka;
  private final String topic;
  private final ChunkEnvelope envelope;
  private final ChronoscopeConfig settings;
  private final ChunkIndex index;
  private final Semaphore waiting = new Semaphore(MAX_WAITING);
  private @Nullable ReferenceStore references;

  RetainedVideo(
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      ChunkEnvelope envelope,
      ChronoscopeConfig settings) {
    this.kafka = kafka;
    this.topic = names.of(Topic.CHUNKS);
    this.envelope = envelope;
    this.settings = settings;
    this.index = new ChunkIndex(kafka, topic, envelope);
  }

  /// The chunks that show a part of the range.
  ///
  /// @throws ProblemException NO_VIDEO, NO_LONGER_RETAINED, or STARTING when the topic, which is
  ///   read for the first time, was not read up to the range by the deadline
  Lookup.Found find(String stream, Instant from, Instant to, Deadline deadline)
      throws InterruptedException {
    return switch (lookUp(stream, from, to, deadline)) {
      case Lookup.Found found -> found;
      case Lookup.NotThere(Instant first, Instant last, boolean beginningRetained) ->
          throw !beginningRetained && from.isBefore(first)
              ? gone(
                  "retention of %s has removed the video of %s to %s; the first that is retained of"
                      + " the stream starts at %s",
                  topic, from, to, first)
              : new ProblemException(
                  Reason.NO_VIDEO,
                  "no chunk covers %s to %s; the stream's chunks cover %s to %s, with gaps"
                      .formatted(from, to, first, last));
      case Lookup.NoChunks(boolean beginningRetained) ->
          throw beginningRetained
              ? new ProblemException(Reason.NO_VIDEO, "the stream has no chunk on " + topic)
              : gone("retention of %s has removed all chunks of the stream", topic);
      case Lookup.Reading(Optional<String> problem) ->
          throw ProblemException.later(
              Reason.STARTING,
              problem
                  .map(text -> "the chunks topic cannot be read: " + text)
                  .orElse("the chunks topic is being read for the first time"),
              Duration.ofSeconds(2));
    };
  }

  private Lookup lookUp(String stream, Instant from, Instant to, Deadline deadline)
      throws InterruptedException {
    if (!waiting.tryAcquire()) {
      return index.find(stream, from, to, Duration.ZERO);
    }
    try {
      return index.find(stream, from, to, deadline.left());
    } finally {
      waiting.release();
    }
  }

  /// Somebody looks at the streams, and is going to play one.
  public void prepare() {
    index.prepare();
  }

  private static ProblemException gone(String format, Object... values) {
    return new ProblemException(Reason.NO_LONGER_RETAINED, format.formatted(values));
  }

  /// Reads chunks; closed by the caller, for use by one thread.
  RetainedMedia open() {
    return new RetainedMedia(kafka, envelope);
  }

  /// The media of a chunk.
  ///
  /// @throws ProblemException NO_LONGER_RETAINED when the record or the object is gone
  /// @throws UnreadableMediaException when the object cannot be used
  ByteBuffer media(Entry entry, RetainedMedia reader) throws UnreadableMediaException {
    return media(chunk(entry.origin(), reader));
  }

  /// @throws ProblemException NO_LONGER_RETAINED when the record is gone
  Chunk chunk(ChunkOrigin origin, RetainedMedia reader) {
    return reader
        .find(origin)
        .orElseThrow(() -> gone("retention of %s has removed the chunk %s", topic, origin));
  }

  /// @throws ProblemException NO_LONGER_RETAINED when the object that it refers to is gone
  /// @throws UnreadableMediaException when the object cannot be used
  ByteBuffer media(Chunk chunk) throws UnreadableMediaException {
    return switch (chunk.media()) {
      case Media.Inline inline -> inline.bytes();
      case Media.Reference reference -> {
        try {
          yield references().fetch(reference);
        } catch (UnreadableMediaException e) {
          if (e.rejection().reason() == Rejection.Reason.REFERENCE_MISSING) {
            throw gone("the object that the chunk refers to: %s", e.rejection().detail());
          }
          throw e;
        }
      }
    };
  }

  ChunkOrigin origin(int partition, long offset) {
    return new ChunkOrigin(topic, partition, offset);
  }

  private synchronized ReferenceStore references() {
    if (references == null) {
      // Without retries: a person is waiting.
      references =
          new ReferenceStore(
              LayerSettings.references(settings).withRetryTimeout(Duration.ZERO),
              AnalysisListener.SILENT);
    }
    return references;
  }

  @PreDestroy
  synchronized void close() {
    index.close();
    if (references != null) {
      references.close();
    }
  }
}
