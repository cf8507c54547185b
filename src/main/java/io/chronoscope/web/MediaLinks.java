package io.chronoscope.web;

import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.wire.Rfc3339;
import java.time.Duration;
import java.time.Instant;

/// Links that play and show a moment.
final class MediaLinks {

  /// Played before and after a moment, so that it does not start out of nothing.
  private static final Duration AROUND = Duration.ofSeconds(2);

  private static final Duration LONGEST = Duration.ofMinutes(1);

  private MediaLinks() {}

  static String clip(String stream, Instant start, Instant end) {
    Instant last = end.isAfter(start.plus(LONGEST)) ? start.plus(LONGEST) : end;
    return "/api/streams/%s/clip?from=%s&to=%s"
        .formatted(
            PercentEncoding.of(stream),
            Rfc3339.format(start.minus(AROUND)),
            Rfc3339.format(last.plus(AROUND)));
  }

  /// In the middle of the moment.
  static String thumbnail(String stream, Instant start, Instant end) {
    return "/api/streams/%s/thumbnail?at=%s"
        .formatted(
            PercentEncoding.of(stream),
            Rfc3339.format(start.plus(Duration.between(start, end).dividedBy(2))));
  }
}
