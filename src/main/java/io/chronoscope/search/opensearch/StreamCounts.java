package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.StreamTally.Validity;
import io.chronoscope.wire.ResultType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// [StreamFacts] of every stream as an aggregation, a page of streams at a time. Says the same as
/// [io.chronoscope.search.StreamTally] counts.
final class StreamCounts {

  private static final int STREAMS_PER_PAGE = 500;

  private static final List<String> ANALYZED =
      names(ResultType.EVENT, ResultType.ALERT, ResultType.SUMMARY, ResultType.UNANSWERED);
  private static final List<String> WINDOWS = names(ResultType.SUMMARY, ResultType.UNANSWERED);

  private final Requests requests;
  private final String index;

  StreamCounts(Requests requests, String index) {
    this.requests = requests;
    this.index = index;
  }

  private static List<String> names(ResultType... types) {
    List<String> names = new ArrayList<>();
    for (ResultType type : types) {
      names.add(type.name());
    }
    return names;
  }

  /// Of every stream, in order of its id.
  List<StreamFacts> all() {
    List<StreamFacts> all = new ArrayList<>();
    Optional<JsonNode> after = Optional.empty();
    do {
      JsonNode page =
          requests.post("/" + index + "/_search", body(after)).path("aggregations").path("streams");
      page.path("buckets").forEach(bucket -> all.add(facts(bucket)));
      after = Optional.ofNullable(page.get("after_key"));
    } while (after.isPresent());
    return all;
  }

  /// @param after the last stream of the page before
  private static ObjectNode body(Optional<JsonNode> after) {
    ObjectNode source =
        Clauses.object("stream", Clauses.object("terms", Clauses.object().put("field", "stream")));
    ObjectNode composite = Clauses.object().put("size", STREAMS_PER_PAGE);
    composite.set("sources", Clauses.array(List.of(source)));
    after.ifPresent(key -> composite.set("after", key));
    ObjectNode streams = Clauses.object("composite", composite);
    streams.set("aggs", perStream());
    ObjectNode body = Clauses.object().put("size", 0).put("track_total_hits", false);
    body.set("query", Clauses.term(ResultDocument.KIND, ResultDocument.RESULT));
    body.set("aggs", Clauses.object("streams", streams));
    return body;
  }

  private static ObjectNode perStream() {
    ObjectNode aggs = Clauses.object();
    aggs.set("first", metric("min", "start"));
    aggs.set("last", metric("max", "end"));
    aggs.set("published", metric("max", "publishedAt"));
    aggs.set("analyzed", among(ANALYZED, "at", metric("max", "end")));
    aggs.set("window", among(WINDOWS, "latest", latest("lagMs", "loadLevel")));
    aggs.set("ended", among(names(ResultType.STREAM_END), "latest", latest("json")));
    aggs.set("deadLetters", among(names(ResultType.DEAD_LETTER), "at", metric("max", "start")));
    aggs.set("events", valid(ResultType.EVENT));
    aggs.set("alerts", valid(ResultType.ALERT));
    aggs.set("gaps", valid(ResultType.GAP));
    aggs.set(
        "open",
        counted(
            Clauses.filter(
                List.of(
                    Clauses.term("type", ResultType.EVENT.name()),
                    Clauses.term("validity", Validity.IN_PROGRESS.name())),
                List.of())));
    return aggs;
  }

  private static ObjectNode metric(String kind, String field) {
    return Clauses.object(kind, Clauses.object().put("field", field));
  }

  private static ObjectNode among(List<String> types, String name, ObjectNode of) {
    ObjectNode counted = counted(Clauses.terms("type", types));
    counted.set("aggs", Clauses.object(name, of));
    return counted;
  }

  private static ObjectNode valid(ResultType type) {
    return counted(
        Clauses.filter(
            List.of(Clauses.term("type", type.name())),
            List.of(Clauses.term("validity", Validity.WITHDRAWN.name()))));
  }

  private static ObjectNode counted(ObjectNode filter) {
    return Clauses.object("filter", filter);
  }

  private static ObjectNode latest(String... fields) {
    ObjectNode hits = Clauses.object().put("size", 1);
    hits.set(
        "sort",
        Clauses.array(List.of(Clauses.sort("end", "desc"), Clauses.sort("publishedAt", "desc"))));
    hits.set("_source", Clauses.strings(List.of(fields)));
    return Clauses.object("top_hits", hits);
  }

  private static StreamFacts facts(JsonNode bucket) {
    JsonNode window = latestOf(bucket.path("window"));
    return new StreamFacts(
        bucket.path("key").path("stream").asText(),
        time(bucket.path("first")),
        time(bucket.path("last")),
        Instant.ofEpochMilli((long) bucket.path("published").path("value").asDouble()),
        end(bucket),
        Duration.ofMillis(window.path("lagMs").asLong()),
        window.path("loadLevel").asInt(),
        count(bucket, "events"),
        count(bucket, "open"),
        count(bucket, "alerts"),
        count(bucket, "gaps"),
        count(bucket, "deadLetters"),
        count(bucket, "deadLetters") == 0
            ? Optional.empty()
            : Optional.of(time(bucket.path("deadLetters").path("at"))));
  }

  /// The stream's end, unless it went on after it.
  private static Optional<StreamEnd> end(JsonNode bucket) {
    JsonNode json = latestOf(bucket.path("ended")).path("json");
    if (json.isTextual()
        && ResultDocument.parse(json.asText()) instanceof StreamEnd end
        && (bucket.path("analyzed").path("doc_count").asLong() == 0
            || !time(bucket.path("analyzed").path("at")).isAfter(end.end()))) {
      return Optional.of(end);
    }
    return Optional.empty();
  }

  private static JsonNode latestOf(JsonNode filtered) {
    return filtered.path("latest").path("hits").path("hits").path(0).path("_source");
  }

  private static long count(JsonNode bucket, String name) {
    return bucket.path(name).path("doc_count").asLong();
  }

  /// Aggregations are numbers with a fraction; microseconds of this millennium are exact in them.
  private static Instant time(JsonNode metric) {
    return StreamClock.ofEpochMicros((long) metric.path("value").asDouble());
  }
}
