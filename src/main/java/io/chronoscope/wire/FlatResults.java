package io.chronoscope.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.Box;
import io.chronoscope.domain.Certainty;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.TimeSpan;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/// Maps results to flat JSON objects: the fields of [TimeSpan], [Provenance] and [Rejection] stand
/// beside the others. Keeps Jackson's annotations out of `domain`.
public final class FlatResults extends SimpleModule {

  private static final long serialVersionUID = 1L;

  public FlatResults() {
    setMixInAnnotation(VideoEvent.class, PlacedEvent.class);
    setMixInAnnotation(Sampling.class, OptionalDamage.class);
    setMixInAnnotation(Certainty.class, OptionalCertainty.class);
    setMixInAnnotation(Summary.class, TimedAndInferred.class);
    setMixInAnnotation(Alert.class, TimedAndUncertain.class);
    setMixInAnnotation(Unanswered.class, TimedAndInferred.class);
    setMixInAnnotation(Gap.class, Timed.class);
    setMixInAnnotation(DeadLetter.class, Rejected.class);
  }

  private interface Timed {

    @JsonUnwrapped
    TimeSpan span();
  }

  private interface TimedAndInferred extends Timed {

    @JsonUnwrapped
    Provenance provenance();
  }

  private interface TimedAndUncertain extends TimedAndInferred {

    @JsonUnwrapped
    Certainty certainty();
  }

  @JsonDeserialize(using = EventReader.class)
  private interface PlacedEvent extends TimedAndUncertain {

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    List<Box> boxes();
  }

  /// Reads a [VideoEvent] that may have no boxes: most models do not tell any, and records of
  /// earlier builds do not state them.
  private static final class EventReader extends StdDeserializer<VideoEvent> {

    private static final long serialVersionUID = 1L;
    private static final String BOXES = "boxes";

    /// All fields, none of them optional.
    private record Fields(
        String id,
        int revision,
        Status status,
        String stream,
        @JsonUnwrapped TimeSpan span,
        long toleranceMs,
        String description,
        @JsonUnwrapped Provenance provenance,
        List<ChunkOrigin> chunks,
        @JsonUnwrapped Certainty certainty,
        List<Box> boxes) {}

    EventReader() {
      super(VideoEvent.class);
    }

    @Override
    public VideoEvent deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode node = context.readTree(parser);
      if (node instanceof ObjectNode fields && !fields.hasNonNull(BOXES)) {
        fields.putArray(BOXES);
      }
      Fields read = context.readTreeAsValue(node, Fields.class);
      return new VideoEvent(
          read.id,
          read.revision,
          read.status,
          read.stream,
          read.span,
          read.toleranceMs,
          read.description,
          read.provenance,
          read.chunks,
          read.certainty,
          read.boxes);
    }
  }

  @JsonDeserialize(builder = CertaintyFields.class)
  private interface OptionalCertainty {

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    OptionalDouble confidence();

    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    boolean repaired();
  }

  @JsonDeserialize(using = SamplingReader.class)
  private interface OptionalDamage {

    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    long damagedMs();
  }

  /// Reads a [Sampling] that may not state its damage: records of earlier builds do not.
  private static final class SamplingReader extends StdDeserializer<Sampling> {

    private static final long serialVersionUID = 1L;
    private static final String DAMAGE = "damagedMs";

    /// All fields, none of them optional.
    private record Fields(
        int framesSeen,
        double fps,
        String reason,
        int videoTokens,
        int frameWidthPx,
        int frameHeightPx,
        long lagMs,
        int loadLevel,
        long damagedMs) {}

    SamplingReader() {
      super(Sampling.class);
    }

    @Override
    public Sampling deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode node = context.readTree(parser);
      if (node instanceof ObjectNode fields && !fields.has(DAMAGE)) {
        fields.put(DAMAGE, 0);
      }
      Fields read = context.readTreeAsValue(node, Fields.class);
      return new Sampling(
          read.framesSeen,
          read.fps,
          read.reason,
          read.videoTokens,
          read.frameWidthPx,
          read.frameHeightPx,
          read.lagMs,
          read.loadLevel,
          read.damagedMs);
    }
  }

  /// Collects the fields of a [Certainty], each of which may be missing: records of earlier builds
  /// have none.
  private static final class CertaintyFields {

    private OptionalDouble confidence = OptionalDouble.empty();
    private boolean repaired;

    @JsonProperty
    CertaintyFields withConfidence(double value) {
      confidence = OptionalDouble.of(value);
      return this;
    }

    @JsonProperty
    CertaintyFields withRepaired(boolean value) {
      repaired = value;
      return this;
    }

    Certainty build() {
      return new Certainty(confidence, repaired);
    }
  }

  @JsonPropertyOrder({"id", "stream", "rejection", "origin"})
  private interface Rejected {

    /// Follows from the origin; ignored when reading.
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    String id();

    @JsonUnwrapped
    Rejection rejection();
  }
}
