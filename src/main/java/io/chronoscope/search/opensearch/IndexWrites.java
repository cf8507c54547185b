package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.indexing.ResultKey;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is written to an index.
///
/// The version of each document is the sequence of its change. A process that was replaced as the
/// writer without noticing has lower ones, so that it overwrites nothing.
final class IndexWrites {

  private static final int CONFLICT = 409;

  /// Documents that are removed at once.
  private static final int SLICE = 1_000;

  private final Requests requests;
  private final String index;

  IndexWrites(Requests requests, String index) {
    this.requests = requests;
    this.index = index;
  }

  /// Creates the index unless it exists.
  void create(int dimensions, int shards) {
    String path = "/" + index;
    if (requests.send("HEAD", path, Map.of(), Clauses.object()).isFine()) {
      return;
    }
    ObjectNode body = definition();
    body.withObject("/settings/index").put("number_of_shards", shards);
    body.withObject("/mappings/properties/vector").put("dimension", dimensions);
    Requests.Answer answer = requests.send("PUT", path, Map.of(), body);
    boolean existsByNow =
        answer
            .body()
            .path("error")
            .path("type")
            .asText()
            .equals("resource_already_exists_exception");
    if (!existsByNow) {
      requests.require("PUT", path, answer);
    }
  }

  private static ObjectNode definition() {
    try (InputStream in = IndexWrites.class.getResourceAsStream("index.json")) {
      if (in == null) {
        throw new FileNotFoundException("index.json");
      }
      return (ObjectNode) Requests.JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the mapping", e);
    }
  }

  /// Writes results in their latest revision and marks of removed ones. Searches see them after
  /// [#refresh()].
  ///
  /// @return whether all were written; not, when another process has written them anew
  boolean write(
      List<IndexedResult> results,
      Map<IndexedResult, float[]> vectors,
      List<Change.Removed> removals) {
    List<ObjectNode> lines = new ArrayList<>();
    for (IndexedResult one : results) {
      lines.add(action(ResultKey.of(one), one.changed().sequence()));
      lines.add(ResultDocument.of(one, Optional.ofNullable(vectors.get(one))));
    }
    for (Change.Removed one : removals) {
      lines.add(action(ResultKey.of(one), one.position().sequence()));
      lines.add(ResultDocument.ofRemoved(one, Instant.now()));
    }
    if (lines.isEmpty()) {
      return true;
    }
    JsonNode answer =
        requests.postLines(
            "/" + index + "/_bulk",
            Map.of("filter_path", "errors,items.index._id,items.index.status,items.index.error"),
            lines);
    boolean written = true;
    if (answer.path("errors").asBoolean()) {
      for (JsonNode item : answer.path("items")) {
        JsonNode result = item.path("index");
        if (result.path("status").asInt() == CONFLICT) {
          written = false;
        } else if (result.has("error")) {
          throw new IndexUnavailableException(
              "OpenSearch refuses %s: %s"
                  .formatted(
                      result.path("_id").asText(), result.path("error").path("reason").asText()));
        }
      }
    }
    return written;
  }

  private static ObjectNode action(ResultKey key, long sequence) {
    return Clauses.object(
        "index",
        Clauses.object()
            .put("_id", key.text())
            .put("version", sequence)
            .put("version_type", "external_gte"));
  }

  /// Makes what was written visible to searches.
  void refresh() {
    requests.post("/" + index + "/_refresh", Clauses.object());
  }

  /// Removes what a query finds, and makes that visible.
  ///
  /// @param betweenSlices runs after some of it is removed
  void removeAll(ObjectNode query, Runnable betweenSlices) {
    refresh();
    ObjectNode body = Clauses.object().put("size", SLICE).put("_source", false);
    body.set("query", query);
    List<ObjectNode> lines;
    do {
      lines = new ArrayList<>();
      for (JsonNode hit : requests.post("/" + index + "/_search", body).path("hits").path("hits")) {
        lines.add(Clauses.object("delete", Clauses.object().put("_id", hit.path("_id").asText())));
      }
      if (!lines.isEmpty()) {
        requests.postLines("/" + index + "/_bulk", Map.of("filter_path", "errors"), lines);
        refresh();
        betweenSlices.run();
      }
    } while (lines.size() == SLICE);
  }
}
