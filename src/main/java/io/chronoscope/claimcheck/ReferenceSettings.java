package io.chronoscope.claimcheck;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// From where chunks may be fetched, and how patiently. Nothing is allowed that is not listed.
///
/// @param roots files anywhere under these directories; absolute
/// @param timeout for one attempt, and for each silence of the other side in it
/// @param patience how long a place that cannot be reached is tried again
public record ReferenceSettings(
    List<Path> roots, ObjectStore objects, Duration timeout, Duration patience) {

  public ReferenceSettings {
    roots = List.copyOf(roots);
    for (Path root : roots) {
      if (!root.isAbsolute()) {
        throw new IllegalArgumentException("root " + root + " is not an absolute path");
      }
    }
    if (!timeout.isPositive() || patience.isNegative()) {
      throw new IllegalArgumentException("timeout " + timeout + ", patience " + patience);
    }
  }

  /// An S3-compatible store.
  ///
  /// @param buckets of which objects may be read; none means no store
  /// @param endpoint where it answers, when it is not Amazon's
  /// @param region when not what the environment or profile says
  /// @param pathStyle whether the bucket is part of the path instead of the host name
  public record ObjectStore(
      List<String> buckets, Optional<URI> endpoint, Optional<String> region, boolean pathStyle) {

    public static final ObjectStore NONE =
        new ObjectStore(List.of(), Optional.empty(), Optional.empty(), false);

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

  /// The same with another patience.
  public ReferenceSettings withPatience(Duration other) {
    return new ReferenceSettings(roots, objects, timeout, other);
  }
}
