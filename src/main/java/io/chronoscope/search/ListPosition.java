package io.chronoscope.search;

import io.chronoscope.domain.StreamClock;
import io.chronoscope.wire.ResultType;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;

/// A place in the order of lists: by start, then type, then id. The order does not depend on when
/// results were published, so that pages neither repeat nor miss a result that stays as it is.
public record ListPosition(Instant start, ResultType type, String id)
    implements Comparable<ListPosition> {

  private static final Comparator<ListPosition> ORDER =
      Comparator.comparing(ListPosition::start)
          .thenComparing(ListPosition::type)
          .thenComparing(ListPosition::id);

  public ListPosition {
    start = StreamClock.wholeMicros(start);
  }

  public static ListPosition of(IndexedResult result) {
    return new ListPosition(result.start(), result.type(), result.id());
  }

  /// Microseconds since 1970.
  public long startMicros() {
    return StreamClock.epochMicros(start);
  }

  /// As text that fits into a URL; see [#parse(String)].
  public String token() {
    String text = startMicros() + "/" + type + "/" + id;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// @throws InvalidQueryException when `token` is not from [#token()]
  public static ListPosition parse(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String[] parts = text.split("/", 3);
      if (parts.length == 3) {
        return new ListPosition(
            StreamClock.ofEpochMicros(Long.parseLong(parts[0])),
            ResultType.valueOf(parts[1]),
            parts[2]);
      }
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      // Reported below.
    }
    throw new InvalidQueryException("after", "not a cursor of this service");
  }

  @Override
  public int compareTo(ListPosition other) {
    return ORDER.compare(this, other);
  }
}
