package io.chronoscope.search;

import java.util.Optional;

/// A request for one page of results.
///
/// @param after the page starts behind this result; empty for the first page
/// @param limit the most results on the page, 1 to [#MAX_LIMIT]
public record ResultListing(
    ResultFilter filter, Order order, Optional<ListPosition> after, int limit) {

  public static final int MAX_LIMIT = 1_000;

  /// The order by time.
  public enum Order {
    OLDEST_FIRST,
    NEWEST_FIRST
  }

  /// @throws InvalidQueryException when the limit is out of range
  public ResultListing {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new InvalidQueryException(
          "limit", "%d is not between 1 and %d".formatted(limit, MAX_LIMIT));
    }
  }

  /// The first page.
  public ResultListing(ResultFilter filter, Order order, int limit) {
    this(filter, order, Optional.empty(), limit);
  }

  /// The page behind a result.
  public ResultListing after(ListPosition position) {
    return new ResultListing(filter, order, Optional.of(position), limit);
  }
}
