package io.chronoscope.messaging.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.wire.FlatResults;
import io.chronoscope.wire.MalformedRecordException;
import java.io.IOException;
import java.util.Optional;

/// A stream's mark on the state topic: how far it has come, and with what it goes on from there. A
/// stream that is over keeps its mark, without a state, until its last record is committed: a
/// restart before that would read it again from the middle.
///
/// @param resumeFrom as in the step
/// @param state empty when the stream is over
public record StateRecord(String stream, ChunkOrigin resumeFrom, Optional<StreamState> state) {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .addModule(new FlatResults())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          // A record is its components; what else it can say about itself is not written.
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.ALWAYS)
          .build();

  static StateRecord after(StreamCommit step) {
    return new StateRecord(step.stream(), step.resumeFrom(), step.state());
  }

  /// The first of the stream's records that is not done with. A stream that needs none of those it
  /// has read holds nothing back, however long it rests.
  public long neededFrom() {
    boolean needed = state.filter(kept -> !kept.position().needed().isEmpty()).isPresent();
    return needed ? resumeFrom.offset() : resumeFrom.offset() + 1;
  }

  byte[] json() {
    try {
      return MAPPER.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("state of stream " + stream + " cannot be written", e);
    }
  }

  /// @throws MalformedRecordException when it is no state, or one of another version
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
}
