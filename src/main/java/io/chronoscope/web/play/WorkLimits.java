package io.chronoscope.web.play;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds the work on retained video.
@ApplicationScoped
public class WorkLimits {

  /// Requests that wait occupy threads that others need.
  private static final int MAX_WAITING = 6;

  private final Duration maxSpan;
  private final long maxBytes;
  private final Duration timeout;
  private final Semaphore places;
  private final DecodeLimits decodeLimits;

  WorkLimits(ChronoscopeConfig settings) {
    this.maxSpan = settings.play().maxSpan();
    this.maxBytes = settings.play().maxBytes().asLongValue();
    this.timeout = settings.play().timeout();
    this.places = new Semaphore(settings.play().concurrency());
    this.decodeLimits = ConfiguredDecoding.segmentLimits(settings);
  }

  /// The time until which a request may be worked on.
  ///
  /// @param atNanos of [System#nanoTime()]
  public record Deadline(long atNanos, Duration timeout) {

    /// @throws ProblemException TOO_SLOW when it has passed
    void check() {
      if (System.nanoTime() - atNanos > 0) {
        throw ProblemException.later(
            Reason.TOO_SLOW,
            "it took longer than %d s (chronoscope.play.timeout); ask for less time"
                .formatted(timeout.toSeconds()),
            Duration.ofSeconds(5));
      }
    }

    Duration left() {
      return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
    }
  }

  Deadline deadline() {
    return new Deadline(System.nanoTime() + timeout.toNanos(), timeout);
  }

  DecodeLimits decode() {
    return decodeLimits;
  }

  /// @throws ProblemException INVALID_PARAMETER when the range is upside down or too long
  void checkSpan(Instant from, Instant to) {
    if (!from.isBefore(to)) {
      throw ProblemException.parameter("to", "%s is not after from (%s)".formatted(to, from));
    }
    Duration span = Duration.between(from, to);
    if (span.compareTo(maxSpan) > 0) {
      throw ProblemException.parameter(
          "to",
          "the range is %d s long; the most are %d s (chronoscope.play.max-span)"
              .formatted(span.toSeconds(), maxSpan.toSeconds()));
    }
  }

  /// @throws ProblemException INVALID_PARAMETER when a clip would become too large
  void checkBytes(long bytes) {
    if (bytes > maxBytes) {
      throw ProblemException.parameter(
          "to",
          "the range holds more than %d bytes (chronoscope.play.max-bytes); ask for less time"
              .formatted(maxBytes));
    }
  }

  /// Runs work when one of the places is free.
  ///
  /// @throws ProblemException BUSY when none becomes free in time, or too many wait
  <T> T run(Deadline deadline, Callable<T> work) throws Exception {
    if (places.getQueueLength() >= MAX_WAITING
        || !places.tryAcquire(deadline.left().toMillis(), TimeUnit.MILLISECONDS)) {
      throw ProblemException.later(
          Reason.BUSY,
          "other clips are being made (chronoscope.play.concurrency)",
          Duration.ofSeconds(2));
    }
    try {
      return work.call();
    } finally {
      places.release();
    }
  }
}
