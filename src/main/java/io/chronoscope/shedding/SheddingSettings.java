package io.chronoscope.shedding;

import io.chronoscope.domain.StreamPattern;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// When the service looks less closely, and at what first.
///
/// @param targetLag how far a stream may be behind; when empty everything is looked at as asked,
///   however late
/// @param priorities the first that matches a stream counts; others have 0
public record SheddingSettings(Optional<Duration> targetLag, List<Priority> priorities) {

  /// Everything as asked, however late.
  public static final SheddingSettings OFF = new SheddingSettings(Optional.empty(), List.of());

  /// @param value streams of a higher one are looked at closely for longer
  public record Priority(StreamPattern streams, int value) {

    /// From `PATTERN=NUMBER`.
    public static Priority parse(String text) {
      int at = text.lastIndexOf('=');
      try {
        return new Priority(
            new StreamPattern(text.substring(0, Math.max(0, at)).strip()),
            Integer.parseInt(text.substring(at + 1).strip()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "'" + text + "' is not of the form PATTERN=NUMBER, for instance camera-*=2", e);
      }
    }
  }

  public SheddingSettings {
    priorities = List.copyOf(priorities);
    if (targetLag.isPresent() && !targetLag.get().isPositive()) {
      throw new IllegalArgumentException("target lag is " + targetLag.get());
    }
  }

  int priorityOf(String stream) {
    return priorities.stream()
        .filter(priority -> priority.streams().matches(stream))
        .findFirst()
        .map(Priority::value)
        .orElse(0);
  }
}
