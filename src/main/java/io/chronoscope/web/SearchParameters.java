package io.chronoscope.web;

import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.web.access.Caller;
import io.chronoscope.wire.ResultType;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/// The parameters that all searches have: where to look, how much to find, and whether to check it.
public record SearchParameters(
    @Parameter(ref = "stream") @QueryParam("stream") @Nullable String stream,
    @Parameter(ref = "from") @QueryParam("from") @Nullable String from,
    @Parameter(ref = "to") @QueryParam("to") @Nullable String to,
    @Parameter(ref = "type") @QueryParam("type") @Nullable String type,
    @Parameter(description = "Whether the model checks the best hits in the video")
        @QueryParam("ground")
        @Nullable String ground,
    @Parameter(description = "Maximum number of hits, 1 to 100", example = "20")
        @QueryParam("limit")
        @Nullable String limit) {

  private static final int DEFAULT_LIMIT = 20;

  /// @param filter what may be found
  /// @param grounded whether the model checks the best hits
  /// @param limit the maximum number of hits
  record Scope(ResultFilter filter, boolean grounded, int limit) {

    SearchRequest request(String text) {
      return new SearchRequest(text, filter, limit);
    }
  }

  Scope scope(Caller caller) {
    return new Scope(
        Parameters.narrowed(Index.visibleTo(caller), stream, from, to)
            .withTypes(Parameters.constants("type", ResultType.class, type)),
        Parameters.flag("ground", ground),
        Parameters.number("limit", limit, 1, SearchRequest.MAX_LIMIT, DEFAULT_LIMIT));
  }
}
