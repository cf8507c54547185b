package io.chronoscope.shedding;

import io.chronoscope.domain.StreamPattern;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// When load is shed, and which streams are affected first.
///
/// @param targetLag lag at which load shedding starts; if empty, nothing is shed
/// @param priorities the first that matches a stream counts; other streams have 0
public record SheddingSettings(Optional<Duration> targetLag, List<Priority> priorities) {

  /// Nothing is shed, however far streams fall behind.
  public static final SheddingSettings OFF = new SheddingSettings(Optional.empty(), List.of());

  /// The priority of streams.
  ///
  /// @param value load shedding affects streams of higher values later
  public record Priority(StreamPattern streams, int value) {

    /// Parses `PATTERN=NUMBER`.
    ///
    /// @throws IllegalArgumentException if the text has another form
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
