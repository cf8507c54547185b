package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.query.CandidateRanking;
import io.chronoscope.search.query.CandidateRanking.Candidate;
import io.chronoscope.search.query.Contrasts;
import io.chronoscope.search.query.Cut;
import io.chronoscope.search.query.RankFusion;
import io.chronoscope.search.query.RankFusion.Ranked;
import io.chronoscope.search.query.Relevance;
import io.chronoscope.search.query.SearchText;
import io.chronoscope.wire.ResultType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Search in words: candidates by words and by meaning from OpenSearch, fused by rank here; of
/// these, what is likely enough to be meant.
final class RankedSearch {

  private final Requests requests;
  private final String index;
  private final TextEmbedder embedder;
  private final Cut cut;

  RankedSearch(Requests requests, String index, TextEmbedder embedder, Cut cut) {
    this.requests = requests;
    this.index = index;
    this.embedder = embedder;
    this.cut = cut;
  }

  /// @param build of the index
  SearchOutcome search(SearchRequest request, String build) {
    SearchText text = SearchText.parse(request.text());
    ObjectNode filter = filter(request.filter(), text);
    int candidates = CandidateRanking.candidatesFor(request);
    Set<String> terms = Relevance.terms(text.plain());
    float[] embedding =
        request.matching() == Matching.WORDS
            ? new float[0]
            : embedder.embed(Contrasts.ENGLISH.inPlainWords(text.plain()));

    List<ObjectNode> bodies = new ArrayList<>();
    bodies.add(knownWords(terms));
    if (request.matching() != Matching.MEANING) {
      bodies.add(byWords(text, filter, candidates));
    }
    if (request.matching() != Matching.WORDS) {
      bodies.add(byMeaning(embedding, filter, candidates));
    }
    List<JsonNode> answers = searchAll(bodies);

    Set<String> known = known(answers.getFirst());
    Map<String, JsonNode> sources = new HashMap<>();
    answers.forEach(answer ->
        hits(answer).forEach(hit -> sources.put(hit.path("_id").asText(), hit.path("_source"))));
    RankFusion<String> fusion = new RankFusion<>();
    if (request.matching() != Matching.MEANING) {
      fusion.add(
          hits(answers.get(1)).stream()
              .map(hit ->
                  new Ranked<>(hit.path("_id").asText(), hit.path("sort").path(0).asDouble()))
              .toList());
    }
    Map<String, Double> cosines = new HashMap<>();
    if (request.matching() != Matching.WORDS) {
      addCosines(answers.getLast(), cosines);
      Set<String> near = Set.copyOf(cosines.keySet());
      addMissingCosines(embedding, fusion.scores().keySet(), cosines);
      fusion.add(CandidateRanking.nearest(near, cosines, candidates));
    }
    List<Candidate> found = new ArrayList<>();
    fusion
        .scores()
        .forEach((id, fused) ->
            found.add(
                new Candidate(
                    ResultDocument.readResult(sources.getOrDefault(id, Clauses.object()), build),
                    fused,
                    cosines.getOrDefault(id, 0.0))));
    return new CandidateRanking(text, request, cut, known::contains).outcome(found);
  }

  private static ObjectNode filter(ResultFilter filter, SearchText text) {
    FilterClauses clauses = FilterClauses.of(CandidateRanking.searched(filter));
    List<ObjectNode> none = new ArrayList<>(clauses.none());
    addReachingBeyond(filter, none);
    return WordClauses.require(text, new FilterClauses(clauses.all(), none)).query();
  }

  /// Summaries of more than the time asked for: what they tell of may have happened outside of it.
  private static void addReachingBeyond(ResultFilter filter, List<ObjectNode> none) {
    List<ObjectNode> beyond = new ArrayList<>();
    filter
        .from()
        .ifPresent(from -> beyond.add(Clauses.below("start", StreamClock.epochMicros(from))));
    filter
        .to()
        .ifPresent(to -> beyond.add(Clauses.atLeast("end", StreamClock.epochMicros(to) + 1)));
    if (!beyond.isEmpty()) {
      none.add(
          Clauses.filter(
              List.of(Clauses.term("type", ResultType.SUMMARY.name()), Clauses.anyOf(beyond)),
              List.of()));
    }
  }

  private static ObjectNode byWords(SearchText text, ObjectNode filter, int count) {
    ObjectNode query =
        Clauses.object(
            "bool",
            Clauses.object()
                .<ObjectNode>set("must", WordClauses.scoring(text))
                .set("filter", filter));
    ObjectNode body = hitsOf(query, count);
    // Among results of the same words the newest come first.
    body.set(
        "sort",
        Clauses.array(List.of(Clauses.sort("_score", "desc"), Clauses.sort("start", "desc"))));
    return body;
  }

  private static ObjectNode byMeaning(float[] embedding, ObjectNode filter, int count) {
    return hitsOf(nearest(embedding, filter, count), count);
  }

  private static ObjectNode nearest(float[] embedding, ObjectNode filter, int count) {
    ObjectNode nearest = Clauses.object().put("k", count);
    nearest.set("vector", ResultDocument.numbers(embedding));
    nearest.set("filter", filter);
    return Clauses.object("knn", Clauses.object("vector", nearest));
  }

  private static ObjectNode hitsOf(ObjectNode query, int count) {
    ObjectNode body = Clauses.object().put("size", count).put("track_total_hits", false);
    body.set("query", query);
    body.set("_source", Clauses.strings(ResultDocument.READ));
    return body;
  }

  /// How many results have each word.
  private static ObjectNode knownWords(Set<String> terms) {
    ObjectNode each = Clauses.object();
    terms.forEach(term -> each.set(term, Clauses.term("terms", term)));
    ObjectNode body = Clauses.object().put("size", 0).put("track_total_hits", true);
    body.set("query", Clauses.term(ResultDocument.KIND, ResultDocument.RESULT));
    if (!terms.isEmpty()) {
      body.set(
          "aggs",
          Clauses.object("terms", Clauses.object("filters", Clauses.object("filters", each))));
    }
    return body;
  }

  private static Set<String> known(JsonNode answer) {
    long all = answer.path("hits").path("total").path("value").asLong();
    Set<String> known = new HashSet<>();
    answer
        .path("aggregations")
        .path("terms")
        .path("buckets")
        .properties()
        .forEach(bucket -> {
          if (CandidateRanking.isKnown(bucket.getValue().path("doc_count").asLong(), all)) {
            known.add(bucket.getKey());
          }
        });
    return known;
  }

  /// Several searches in one request.
  private List<JsonNode> searchAll(List<ObjectNode> bodies) {
    List<ObjectNode> lines = new ArrayList<>();
    for (ObjectNode body : bodies) {
      lines.add(Clauses.object());
      lines.add(body);
    }
    List<JsonNode> answers = new ArrayList<>();
    requests
        .postLines("/" + index + "/_msearch", Map.of(), lines)
        .path("responses")
        .forEach(answer -> {
          if (answer.has("error")) {
            throw new IndexUnavailableException(
                "OpenSearch cannot search in %s: %s"
                    .formatted(index, answer.path("error").path("reason").asText()));
          }
          answers.add(answer);
        });
    return answers;
  }

  private static List<JsonNode> hits(JsonNode answer) {
    List<JsonNode> hits = new ArrayList<>();
    answer.path("hits").path("hits").forEach(hits::add);
    return hits;
  }

  private static void addCosines(JsonNode answer, Map<String, Double> cosines) {
    for (JsonNode hit : hits(answer)) {
      // The space `cosinesimil` maps a cosine to 0 … 1.
      cosines.put(hit.path("_id").asText(), 2 * hit.path("_score").asDouble() - 1);
    }
  }

  /// Among as many results as asked for, the search for the nearest is exact and brings all.
  private void addMissingCosines(float[] embedding, Set<String> ids, Map<String, Double> cosines) {
    Set<String> missing = new HashSet<>(ids);
    missing.removeAll(cosines.keySet());
    if (!missing.isEmpty()) {
      ObjectNode body =
          hitsOf(nearest(embedding, Clauses.ids(missing), missing.size()), missing.size());
      body.put("_source", false);
      addCosines(searchAll(List.of(body)).getFirst(), cosines);
    }
  }
}
