package io.chronoscope.wire;

import java.util.Arrays;
import java.util.Optional;

/// The `ce_type` of a record of the chunks topic.
public enum InputType {
  /// The value is a media segment.
  CHUNK("io.chronoscope.chunk"),
  /// The value is a claim check, see [ChunkReference].
  CHUNK_REFERENCE("io.chronoscope.chunk.reference"),
  /// No further chunks follow in this stream; the value is ignored.
  END_OF_STREAM("io.chronoscope.stream.end");

  private final String cloudEventsType;

  InputType(String cloudEventsType) {
    this.cloudEventsType = cloudEventsType;
  }

  public String cloudEventsType() {
    return cloudEventsType;
  }

  static Optional<InputType> named(String cloudEventsType) {
    return Arrays.stream(values())
        .filter(type -> type.cloudEventsType.equals(cloudEventsType))
        .findFirst();
  }
}
