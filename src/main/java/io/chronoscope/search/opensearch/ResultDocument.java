package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.StreamTally;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.ResultKey;
import io.chronoscope.search.query.Relevance;
import io.chronoscope.search.query.WordAnalysis;
import io.chronoscope.wire.ResultJson;
import io.chronoscope.wire.ResultType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a result, or the mark of a removed one, lies in the index; `index.json` beside this class is
/// the mapping. A result and its mark have the same id, so that there is only ever one of them. A
/// change that alters documents needs another [#VERSION].
final class ResultDocument {

  /// Part of the index's name.
  static final String VERSION = "1";

  static final String KIND = "kind";
  static final String RESULT = "result";
  static final String REMOVED = "removed";

  /// The value of results without a status or a level.
  static final String NONE = "NONE";

  /// What [#read] needs.
  static final List<String> READ =
      List.of(
          KIND, "type", "id", "stream", "sequence", "publishedAt", "partition", "offset", "json");

  private ResultDocument() {}

  static ObjectNode of(IndexedResult one, Optional<float[]> vector) {
    PublishedResult published = one.published();
    ChunkOrigin at = published.at();
    StreamTally.Entry entry = StreamTally.Entry.of(one);
    ObjectNode document = Clauses.object();
    document.put(KIND, RESULT);
    document.put("key", ResultKey.of(one).text());
    document.put("type", one.type().name());
    document.put("id", one.id());
    document.put("stream", one.stream());
    document.put("status", one.status().map(Status::name).orElse(NONE));
    document.put("level", one.level().map(Result.Level::name).orElse(NONE));
    one.rule().ifPresent(rule -> document.put("rule", rule));
    one.confidence().ifPresent(value -> document.put("confidence", value));
    document.put("start", StreamClock.epochMicros(one.start()));
    document.put("end", StreamClock.epochMicros(one.end()));
    document.put("words", line(WordAnalysis.stemmed(one.text())));
    document.put("asWritten", line(WordAnalysis.asWritten(one.text())));
    document.put("streamWords", line(WordAnalysis.asWritten(one.stream())));
    document.set("terms", Clauses.strings(Relevance.terms(one.text())));
    vector.ifPresent(numbers -> document.set("vector", numbers(numbers)));
    document.put("sequence", one.changed().sequence());
    document.put("revision", BatchPlan.revision(one.result()));
    document.put("validity", entry.validity().name());
    document.put("lagMs", entry.lagMs());
    document.put("loadLevel", entry.loadLevel());
    document.put("publishedAt", published.publishedAt().toEpochMilli());
    document.put("partition", new SourcePartition(at.topic(), at.partition()).toString());
    document.put("offset", at.offset());
    document.put("json", published.json());
    return document;
  }

  /// Words as the mapping's analyzer `whitespace` takes them apart again.
  static String line(List<String> words) {
    return String.join(" ", words);
  }

  static ArrayNode numbers(float[] vector) {
    ArrayNode numbers = Clauses.array(List.of());
    for (float one : vector) {
      numbers.add(one);
    }
    return numbers;
  }

  /// The mark of a removed result, so that followers learn of it.
  ///
  /// @param now when it was removed
  static ObjectNode ofRemoved(Change.Removed removed, Instant now) {
    return Clauses.object()
        .put(KIND, REMOVED)
        .put("type", removed.type().name())
        .put("id", removed.id())
        .put("stream", removed.stream())
        .put("sequence", removed.position().sequence())
        .put("removedAt", StreamClock.epochMicros(now));
  }

  static Change read(JsonNode source, String build) {
    return source.path(KIND).asText().equals(REMOVED)
        ? new Change.Removed(
            position(source, build),
            ResultType.valueOf(source.path("type").asText()),
            source.path("stream").asText(),
            source.path("id").asText())
        : new Change.Upserted(readResult(source, build));
  }

  static IndexedResult readResult(JsonNode source, String build) {
    String json = source.path("json").asText();
    String partition = source.path("partition").asText();
    int slash = partition.lastIndexOf('/');
    return new IndexedResult(
        new PublishedResult(
            parse(json),
            json,
            new ChunkOrigin(
                partition.substring(0, slash),
                Integer.parseInt(partition.substring(slash + 1)),
                source.path("offset").asLong()),
            Instant.ofEpochMilli(source.path("publishedAt").asLong())),
        position(source, build));
  }

  static Result parse(String json) {
    return ResultJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static ChangePosition position(JsonNode source, String build) {
    return new ChangePosition(build, source.path("sequence").asLong());
  }
}
