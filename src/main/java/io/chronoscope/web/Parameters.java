package io.chronoscope.web;

import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultListing;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Rfc3339;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses parameters of requests. What cannot be used ends the request with the parameter's name
/// and the reason. A parameter that is absent or empty is not set.
public final class Parameters {

  private static final int DEFAULT_LIMIT = 100;
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private Parameters() {}

  public static Optional<String> text(@Nullable String value) {
    return Optional.ofNullable(value).filter(text -> !text.isBlank());
  }

  /// A text that must be there.
  public static String required(String name, @Nullable String value) {
    return text(value).orElseThrow(() -> ProblemException.parameter(name, "is missing"));
  }

  public static Optional<Instant> time(String name, @Nullable String value) {
    return text(value).map(text -> instant(name, text));
  }

  /// A time that must be there.
  public static Instant requiredTime(String name, @Nullable String value) {
    return instant(name, required(name, value));
  }

  /// A time in a field of a body.
  static Instant requiredTimeOfBody(String field, String value) {
    try {
      return instant(field, value);
    } catch (ProblemException e) {
      throw ProblemException.body(field, e.problem().detail());
    }
  }

  private static Instant instant(String name, String text) {
    Instant time;
    try {
      // A plus sign in a query that is not encoded arrives as a space.
      time = Rfc3339.parse(text.strip().replace(' ', '+'));
    } catch (DateTimeException e) {
      throw ProblemException.parameter(
          name,
          "'%s' is not an RFC 3339 time such as 2026-05-04T12:00:00Z".formatted(excerpt(text)));
    }
    if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
      throw ProblemException.parameter(
          name, "%s is not between %s and %s".formatted(time, EARLIEST, LATEST));
    }
    return time;
  }

  /// @param most the largest number allowed; the least is `least`
  public static int number(String name, @Nullable String value, int least, int most, int unset) {
    Optional<String> text = text(value);
    if (text.isEmpty()) {
      return unset;
    }
    try {
      int number = Integer.parseInt(text.get().strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw ProblemException.parameter(
        name,
        "'%s' is not a whole number between %d and %d".formatted(excerpt(text.get()), least, most));
  }

  public static boolean flag(String name, @Nullable String value) {
    return switch (text(value).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw ProblemException.parameter(
              name, "'%s' is neither true nor false".formatted(excerpt(String.valueOf(value))));
    };
  }

  /// Constants by their names in JSON, separated by commas; none when the parameter is not set.
  public static <E extends Enum<E>> Set<E> constants(
      String name, Class<E> type, @Nullable String value) {
    Set<E> constants = new LinkedHashSet<>();
    for (String one : text(value).map(all -> all.split(",", -1)).orElse(new String[0])) {
      constants.add(
          Arrays.stream(type.getEnumConstants())
              .filter(constant -> Json.nameOf(constant).equals(one.strip()))
              .findFirst()
              .orElseThrow(() ->
                  ProblemException.parameter(
                      name,
                      "'%s' is unknown; there are %s"
                          .formatted(
                              excerpt(one),
                              String.join(
                                  ", ",
                                  Arrays.stream(type.getEnumConstants())
                                      .map(Json::nameOf)
                                      .toList())))));
    }
    return constants;
  }

  /// Narrows a filter by the parameters that all queries of results have.
  ///
  /// @param filter what the caller may see
  static ResultFilter narrowed(
      ResultFilter filter, @Nullable String stream, @Nullable String from, @Nullable String to) {
    return narrowedByStream(narrowedByRange(filter, from, to), stream);
  }

  static ResultFilter narrowedByRange(
      ResultFilter filter, @Nullable String from, @Nullable String to) {
    return filter.withRange(time("from", from), time("to", to));
  }

  static ResultFilter narrowedByStream(ResultFilter filter, @Nullable String stream) {
    return pattern("stream", stream).map(filter::withStream).orElse(filter);
  }

  static ResultFilter narrowedByStatus(ResultFilter filter, @Nullable String status) {
    Set<Status> statuses = constants("status", Status.class, status);
    return statuses.isEmpty() ? filter : filter.withStatuses(statuses);
  }

  static ResultFilter narrowedByRule(ResultFilter filter, @Nullable String rule) {
    return text(rule).map(filter::withRule).orElse(filter);
  }

  public static Optional<StreamPattern> pattern(String name, @Nullable String value) {
    try {
      return text(value).map(StreamPattern::new);
    } catch (IllegalArgumentException e) {
      throw ProblemException.parameter(name, String.valueOf(e.getMessage()));
    }
  }

  public static int limit(@Nullable String value) {
    return number("limit", value, 1, ResultListing.MAX_LIMIT, DEFAULT_LIMIT);
  }

  /// The beginning of a text of the caller, for a message.
  public static String excerpt(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
