package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ListPosition;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultPage;
import io.chronoscope.search.indexing.BatchPlan.Former;
import io.chronoscope.search.indexing.IndexState;
import io.chronoscope.search.indexing.ResultKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lists and lookups. Lookups by key see the last write; the others see what was refreshed.
final class ResultQueries {

  private final Requests requests;
  private final String index;

  ResultQueries(Requests requests, String index) {
    this.requests = requests;
    this.index = index;
  }

  /// @param build of the index
  ResultPage list(ResultListing listing, String build) {
    String order =
        switch (listing.order()) {
          case OLDEST_FIRST -> "asc";
          case NEWEST_FIRST -> "desc";
        };
    // One more than asked for, to know whether there is another page.
    ObjectNode body =
        Clauses.object().put("size", listing.limit() + 1).put("track_total_hits", false);
    body.set("query", FilterClauses.of(listing.filter()).query());
    body.set(
        "sort", Clauses.array(List.of(Clauses.sort("start", order), Clauses.sort("key", order))));
    listing
        .after()
        .ifPresent(after ->
            body.putArray("search_after").add(after.startMicros()).add(ResultKey.of(after).text()));
    List<JsonNode> sources = search(body, ResultDocument.READ);
    List<IndexedResult> results = new ArrayList<>();
    for (JsonNode source : sources.subList(0, Math.min(sources.size(), listing.limit()))) {
      results.add(ResultDocument.readResult(source, build));
    }
    return new ResultPage(
        results,
        sources.size() > listing.limit()
            ? Optional.of(ListPosition.of(results.getLast()))
            : Optional.empty());
  }

  /// One result, as of the last write.
  ///
  /// @param build of the index
  Optional<IndexedResult> find(ResultKey key, String build) {
    return Optional.ofNullable(sources(List.of(key), ResultDocument.READ).get(key))
        .map(source -> ResultDocument.readResult(source, build));
  }

  /// Those of the keys that are in the index, as of the last write.
  Map<ResultKey, Former> formers(Collection<ResultKey> keys) {
    Map<ResultKey, Former> formers = new HashMap<>();
    sources(keys, List.of(ResultDocument.KIND, "stream", "revision"))
        .forEach((key, source) ->
            formers.put(
                key, new Former(source.path("stream").asText(), source.path("revision").asInt())));
    return formers;
  }

  private Map<ResultKey, JsonNode> sources(Collection<ResultKey> keys, List<String> fields) {
    if (keys.isEmpty()) {
      return Map.of();
    }
    Map<String, ResultKey> byId = new HashMap<>();
    List<ObjectNode> asked = new ArrayList<>();
    for (ResultKey key : keys) {
      byId.put(key.text(), key);
      asked.add(
          Clauses.object()
              .put("_id", key.text())
              .<ObjectNode>set("_source", Clauses.strings(fields)));
    }
    JsonNode answer =
        requests.post("/" + index + "/_mget", Clauses.object("docs", Clauses.array(asked)));
    Map<ResultKey, JsonNode> sources = new HashMap<>();
    for (JsonNode document : answer.path("docs")) {
      if (document.has("error")) {
        throw new IndexUnavailableException(
            "OpenSearch cannot read %s: %s"
                .formatted(index, document.path("error").path("reason").asText()));
      }
      ResultKey key = byId.get(document.path("_id").asText());
      JsonNode source = document.path("_source");
      if (key != null && source.path(ResultDocument.KIND).asText().equals(ResultDocument.RESULT)) {
        sources.put(key, source);
      }
    }
    return sources;
  }

  /// Changes after a sequence, oldest first, up to where the index stands: what is beyond may be
  /// visible in parts only.
  List<Change> changes(long after, IndexState now, int limit) {
    if (after >= now.sequence()) {
      return List.of();
    }
    ObjectNode body = Clauses.object().put("size", limit).put("track_total_hits", false);
    body.set(
        "query",
        Clauses.range("sequence", Clauses.object().put("gt", after).put("lte", now.sequence())));
    body.set("sort", Clauses.array(List.of(Clauses.sort("sequence", "asc"))));
    return search(body, ResultDocument.READ).stream()
        .map(source -> ResultDocument.read(source, now.build()))
        .toList();
  }

  /// The highest sequence among the documents that a query finds; 0 when it finds none.
  long lastSequence(ObjectNode query) {
    ObjectNode body = Clauses.object().put("size", 1);
    body.set("query", query);
    body.set("sort", Clauses.array(List.of(Clauses.sort("sequence", "desc"))));
    List<JsonNode> sources = search(body, List.of("sequence"));
    return sources.isEmpty() ? 0 : sources.getFirst().path("sequence").asLong();
  }

  private List<JsonNode> search(ObjectNode body, List<String> fields) {
    body.set("_source", Clauses.strings(fields));
    List<JsonNode> sources = new ArrayList<>();
    requests
        .post("/" + index + "/_search", body)
        .path("hits")
        .path("hits")
        .forEach(hit -> sources.add(hit.path("_source")));
    return sources;
  }

  /// Number of results in the index.
  long count() {
    return requests
        .post(
            "/" + index + "/_count",
            Clauses.object("query", Clauses.term(ResultDocument.KIND, ResultDocument.RESULT)))
        .path("count")
        .asLong();
  }
}
