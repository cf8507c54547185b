package io.chronoscope.evaluation.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Queries about clips, with known answers: the content of `queries.json`, as
/// `training/chronoscope.py queries` writes it.
public record QuerySet(List<Query> queries) {

  public static final String FILE = "queries.json";

  /// @param clip name of the video file beside `queries.json`
  /// @param kind class of the query, such as "absent object" or "motion"
  /// @param style "plain", "paraphrase" or "word"
  /// @param spans when it happens in the clip; none when it does not
  public record Query(String clip, String kind, String style, String text, List<Span> spans) {

    public Query {
      spans = List.copyOf(spans);
    }

    /// Whether it happens in the clip.
    public boolean holds() {
      return !spans.isEmpty();
    }
  }

  /// @param startMs from the clip's first frame
  /// @param endMs from the clip's first frame
  public record Span(long startMs, long endMs) {

    boolean touches(Span other) {
      return startMs < other.endMs && other.startMs < endMs;
    }
  }

  public QuerySet {
    queries = List.copyOf(queries);
  }

  /// @throws IOException when the file is missing or invalid; the message names it
  public static QuerySet in(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      JsonNode root = new JsonMapper().readTree(Files.readString(file));
      List<Query> queries = new ArrayList<>();
      for (JsonNode node : root) {
        List<Span> spans = new ArrayList<>();
        node.required("spans")
            .forEach(span -> spans.add(new Span(span.get(0).asLong(), span.get(1).asLong())));
        queries.add(
            new Query(
                node.required("clip").asText(),
                node.required("kind").asText(),
                node.required("style").asText(),
                node.required("text").asText(),
                spans));
      }
      if (queries.isEmpty()) {
        throw new IOException(file + " has no queries");
      }
      return new QuerySet(queries);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
