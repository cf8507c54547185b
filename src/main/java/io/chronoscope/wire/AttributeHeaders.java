package io.chronoscope.wire;

import io.chronoscope.domain.Rejection.Reason;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Record headers with CloudEvents attributes under the names of the Kafka binding, `ce_…` in lower
/// case. Producers that forward events of other bindings write `ce-time`, `CE_TIME` or
/// `cloudEvents:time`: these are read as well, so that no attribute is ignored silently.
final class AttributeHeaders {

  private static final Pattern ATTRIBUTE =
      Pattern.compile("(?:ce|cloudevents?)[-_:.]([a-z0-9_-]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern CONTENT_TYPE =
      Pattern.compile("content[-_]?type", Pattern.CASE_INSENSITIVE);

  private AttributeHeaders() {}

  /// The same headers under their canonical names. Headers that are no attributes stay unchanged.
  ///
  /// @throws ChunkRejectedException if one attribute has different values under two names; names
  ///   both
  static Headers canonical(Headers headers) throws ChunkRejectedException {
    RecordHeaders canonical = new RecordHeaders();
    for (Header header : headers) {
      String name = canonicalName(header.key()).orElse(header.key());
      Header other = canonical.lastHeader(name);
      if (other != null && !name.equals(header.key())) {
        checkEqual(headers, name, header);
        continue;
      }
      canonical.add(name, header.value());
    }
    return canonical;
  }

  private static void checkEqual(Headers headers, String name, Header header)
      throws ChunkRejectedException {
    for (Header other : headers) {
      if (canonicalName(other.key()).filter(name::equals).isPresent()
          && !Arrays.equals(other.value(), header.value())) {
        throw new ChunkRejectedException(
            Reason.BAD_ENVELOPE,
            "headers %s and %s have different values".formatted(other.key(), header.key()));
      }
    }
  }

  private static Optional<String> canonicalName(String key) {
    Matcher attribute = ATTRIBUTE.matcher(key);
    if (attribute.matches()) {
      return Optional.of("ce_" + attribute.group(1).toLowerCase(Locale.ROOT));
    }
    return CONTENT_TYPE.matcher(key).matches() ? Optional.of("content-type") : Optional.empty();
  }
}
