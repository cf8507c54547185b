package io.chronoscope.web;

import io.chronoscope.search.ListPosition;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultListing;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/// The parameters that all lists of results have: a time range and a page.
public record ListParameters(
    @Parameter(ref = "from") @QueryParam("from") @Nullable String from,
    @Parameter(ref = "to") @QueryParam("to") @Nullable String to,
    @Parameter(ref = "order") @QueryParam("order") @Nullable String order,
    @Parameter(ref = "limit") @QueryParam("limit") @Nullable String limit,
    @Parameter(ref = "cursor") @QueryParam("cursor") @Nullable String cursor) {

  /// The page that the request asks for.
  ///
  /// @param filter what the list consists of, in any time range
  ResultListing of(ResultFilter filter) {
    ResultListing first =
        new ResultListing(
            Parameters.narrowedByRange(filter, from, to),
            Parameters.constants("order", ResultListing.Order.class, order).stream()
                .findFirst()
                .orElse(ResultListing.Order.OLDEST_FIRST),
            Parameters.limit(limit));
    return Parameters.text(cursor).map(ListPosition::parse).map(first::after).orElse(first);
  }
}
