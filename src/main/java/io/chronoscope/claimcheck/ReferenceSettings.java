package io.chronoscope.claimcheck;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The sources that chunks may be fetched from, and how long a fetch is retried. Only what is
/// listed is allowed.
///
/// @param roots directories whose files are allowed; absolute
/// @param timeout of one attempt, and of each period of silence within it
/// @param retryTimeout how long a fetch from an unreachable source is retried
public record ReferenceSettings(
    List<Path> roots, ObjectStore objects, Duration timeout, Duration retryTimeout) {

  public ReferenceSettings {
    roots = List.copyOf(roots);
    for (Path root : roots) {
      if (!root.isAbsolute()) {
        throw new IllegalArgumentException("root directory " + root + " is not an absolute path");
      }
    }
    if (!timeout.isPositive() || retryTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "timeout "
              + timeout
              + " must be positive, retry timeout "
              + retryTimeout
              + " not negative");
    }
  }

  /// Where a request names the bucket.
  public enum Addressing {
    /// In the host name, as Amazon's store does.
    VIRTUAL_HOSTED_STYLE,
    /// In the path, as most other stores do.
    PATH_STYLE
  }

  /// An S3-compatible store.
  ///
  /// @param buckets whose objects are allowed; none means no store
  /// @param endpoint URL of the store, unless it is Amazon's
  /// @param region unless the environment or profile states it
  public record ObjectStore(
      List<String> buckets,
      Optional<URI> endpoint,
      Optional<String> region,
      Addressing addressing) {

    public static final ObjectStore NONE =
        new ObjectStore(
            List.of(), Optional.empty(), Optional.empty(), Addressing.VIRTUAL_HOSTED_STYLE);

    public ObjectStore {
      buckets = List.copyOf(buckets);
      endpoint.ifPresent(uri -> {
        if (uri.getHost() == null
            || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
          throw new IllegalArgumentException(
              "endpoint " + uri + " is not a URL such as https://host:9000");
        }
      });
    }
  }

  public ReferenceSettings withRetryTimeout(Duration other) {
    return new ReferenceSettings(roots, objects, timeout, other);
  }
}
