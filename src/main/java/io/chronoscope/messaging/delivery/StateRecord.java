package io.chronoscope.messaging.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamPosition.DecodedChunk;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.BoundCertainty;
import io.chronoscope.analysis.StreamState.OpenEvent.Evidence;
import io.chronoscope.analysis.StreamState.OpenEvent.Seen;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.sampling.FrameSampler;
import io.chronoscope.wire.FlatResults;
import io.chronoscope.wire.MalformedRecordException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/// A stream's record on the state topic: up to where the stream is processed, and the state from
/// which it resumes there. An ended stream keeps its record, without a state, until the offset
/// behind its last chunk is committed: after a restart before that, part of the stream is read
/// again.
///
/// @param resumeFrom as in the commit
/// @param state empty if the stream has ended
public record StateRecord(String stream, ChunkOrigin resumeFrom, Optional<StreamState> state) {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .addModule(new FlatResults())
          .addMixIn(DecodedChunk.class, OptionalDetail.class)
          .addMixIn(OpenEvent.class, OptionalCertainty.class)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          // Only the components of records are written, not what is derived from them.
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          // During an upgrade an instance may take over what a newer one wrote.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.ALWAYS)
          .build();

  static StateRecord after(StreamCommit commit) {
    return new StateRecord(commit.stream(), commit.resumeFrom(), commit.state());
  }

  /// The lowest offset that the stream still needs. A stream that needs none of its records, such
  /// as an idle one, does not hold back the committed offset.
  public long neededFrom() {
    boolean needed = state.filter(stored -> !stored.position().needed().isEmpty()).isPresent();
    return needed ? resumeFrom.offset() : resumeFrom.offset() + 1;
  }

  byte[] json() {
    try {
      return MAPPER.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("state of stream " + stream + " cannot be written", e);
    }
  }

  /// @throws MalformedRecordException if it is not a state record, or one of another version
  public static StateRecord parse(byte[] json) {
    StateRecord record;
    try {
      record = MAPPER.readValue(json, StateRecord.class);
    } catch (IOException e) {
      throw new MalformedRecordException(
          String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
    record
        .state()
        .filter(state -> state.version() != StreamState.VERSION)
        .ifPresent(state -> {
          throw new MalformedRecordException(
              "it has version %d; this program reads version %d"
                  .formatted(state.version(), StreamState.VERSION));
        });
    return record;
  }

  @JsonDeserialize(builder = OpenEventFields.class)
  private interface OptionalCertainty {

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    Optional<Evidence> evidence();

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    Optional<BoundCertainty> bounds();
  }

  /// Collects the fields of an [OpenEvent]; states of earlier builds have neither evidence nor the
  /// certainty of bounds.
  private static final class OpenEventFields {

    private Optional<VideoEvent> event = Optional.empty();
    private Optional<Seen> startSeen = Optional.empty();
    private Optional<Seen> endSeen = Optional.empty();
    private Optional<Long> wordingMicros = Optional.empty();
    private Optional<Evidence> evidence = Optional.empty();
    private Optional<BoundCertainty> bounds = Optional.empty();

    @JsonProperty
    OpenEventFields withEvent(VideoEvent value) {
      event = Optional.of(value);
      return this;
    }

    @JsonProperty
    OpenEventFields withStartSeen(Seen value) {
      startSeen = Optional.of(value);
      return this;
    }

    @JsonProperty
    OpenEventFields withEndSeen(Seen value) {
      endSeen = Optional.of(value);
      return this;
    }

    @JsonProperty
    OpenEventFields withWordingMicros(long value) {
      wordingMicros = Optional.of(value);
      return this;
    }

    @JsonProperty
    OpenEventFields withEvidence(Optional<Evidence> value) {
      evidence = value;
      return this;
    }

    @JsonProperty
    OpenEventFields withBounds(Optional<BoundCertainty> value) {
      bounds = value;
      return this;
    }

    OpenEvent build() {
      return new OpenEvent(
          required("event", event),
          required("startSeen", startSeen),
          required("endSeen", endSeen),
          required("wordingMicros", wordingMicros),
          evidence,
          bounds);
    }

    private static <T> T required(String field, Optional<T> value) {
      return value.orElseThrow(() -> new IllegalArgumentException("an open event has no " + field));
    }
  }

  @JsonDeserialize(builder = DecodedChunkFields.class)
  private interface OptionalDetail {}

  /// Collects the fields of a [DecodedChunk]; the detail level is missing at full detail.
  private static final class DecodedChunkFields {

    private Optional<Instant> end = Optional.empty();
    private Optional<FrameSampler.Position> before = Optional.empty();
    private int level;

    @JsonProperty
    DecodedChunkFields withEnd(Instant value) {
      end = Optional.of(value);
      return this;
    }

    @JsonProperty
    DecodedChunkFields withBefore(FrameSampler.Position value) {
      before = Optional.of(value);
      return this;
    }

    @JsonProperty
    DecodedChunkFields withLevel(int value) {
      level = value;
      return this;
    }

    DecodedChunk build() {
      return new DecodedChunk(required("end", end), required("before", before), level);
    }

    private static <T> T required(String field, Optional<T> value) {
      return value.orElseThrow(
          () -> new IllegalArgumentException("a decoded chunk has no " + field));
    }
  }
}
