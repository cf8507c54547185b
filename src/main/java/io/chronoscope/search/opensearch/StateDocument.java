package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.indexing.IndexState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The document of an index that says where it stands and which process writes it. It is replaced
/// only by who has read its last version, so that of two processes one fails.
final class StateDocument {

  private static final String STATE = "state";

  private final Requests requests;
  private final String path;

  /// A version of the document.
  ///
  /// @param writer the process that writes the index; empty when none does
  record Version(IndexState state, String writer, long number, long term) {}

  StateDocument(Requests requests, String index) {
    this.requests = requests;
    this.path = "/" + index + "/_doc/" + STATE;
  }

  /// Empty for an index that was just created.
  ///
  /// @throws IndexUnavailableException when there is no such index
  Optional<Version> read() {
    Requests.Answer answer = requests.get(path);
    if (answer.isNotFound() && answer.body().has("found")) {
      return Optional.empty();
    }
    JsonNode document = requests.require("GET", path, answer);
    JsonNode content = document.path("_source").path(STATE);
    Map<String, String> data = new HashMap<>();
    content
        .path("data")
        .properties()
        .forEach(one -> data.put(one.getKey(), one.getValue().asText()));
    return Optional.of(
        new Version(
            IndexState.read(data),
            content.path("writer").asText(),
            document.path("_seq_no").asLong(),
            document.path("_primary_term").asLong()));
  }

  /// Writes the first version.
  ///
  /// @return empty when another process was faster
  Optional<Version> create(IndexState state, String writer) {
    return write(state, writer, Map.of("op_type", "create"));
  }

  /// Writes the version after one.
  ///
  /// @return empty when another process was faster
  Optional<Version> replace(Version last, IndexState state, String writer) {
    return write(
        state,
        writer,
        Map.of(
            "if_seq_no", Long.toString(last.number()),
            "if_primary_term", Long.toString(last.term())));
  }

  private Optional<Version> write(IndexState state, String writer, Map<String, String> condition) {
    ObjectNode data = Clauses.object();
    state.write().forEach(data::put);
    ObjectNode document = Clauses.object().put(ResultDocument.KIND, STATE);
    document.set(STATE, Clauses.object("data", data).put("writer", writer));
    Requests.Answer answer = requests.send("PUT", path, condition, document);
    if (answer.isConflict()) {
      return Optional.empty();
    }
    JsonNode done = requests.require("PUT", path, answer);
    return Optional.of(
        new Version(
            state, writer, done.path("_seq_no").asLong(), done.path("_primary_term").asLong()));
  }
}
