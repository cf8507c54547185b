package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.ResultPage;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.ResultType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The index as resources ask it: what a caller may see, as JSON.
@ApplicationScoped
public class Index {

  private final Instance<ResultIndex> index;

  Index(Instance<ResultIndex> index) {
    this.index = index;
  }

  /// @throws ProblemException STARTING while there is none
  public ResultIndex get() {
    if (index.isUnsatisfied()) {
      throw ProblemException.later(
          Reason.STARTING, "the index of results is not open yet", Duration.ofSeconds(2));
    }
    return index.get();
  }

  /// What the caller may see and is not withdrawn.
  public static ResultFilter visibleTo(Caller caller) {
    return ResultFilter.VALID.withVisible(caller.streams());
  }

  /// One page as JSON: `items` as on the topics, and `next`.
  public ObjectNode page(ResultListing listing) {
    return page(listing, one -> true);
  }

  /// One page of the results of one stream, whose id may look like a pattern of others.
  public ObjectNode page(ResultListing listing, String stream) {
    return page(listing, one -> one.stream().equals(stream));
  }

  private ObjectNode page(ResultListing listing, Predicate<IndexedResult> wanted) {
    ResultPage page = get().list(listing);
    return list(
        page.results().stream().filter(wanted).map(Index::json).toList(),
        page.next().map(io.chronoscope.search.ListPosition::token));
  }

  /// A list as JSON.
  public static ObjectNode list(List<? extends JsonNode> items, Optional<String> next) {
    ObjectNode json = Json.newObject();
    ArrayNode array = json.putArray("items");
    items.forEach(array::add);
    next.ifPresent(token -> json.put("next", token));
    return json;
  }

  /// The result as on its topic, byte for byte.
  public static JsonNode json(IndexedResult one) {
    return JsonNodeFactory.instance.rawValueNode(new RawValue(one.published().json()));
  }

  /// @throws ProblemException NOT_FOUND when there is none, or the caller may not see its stream
  public JsonNode find(ResultType type, String id, Caller caller) {
    return get()
        .find(type, id)
        .filter(one -> caller.maySee(one.stream()))
        .map(Index::json)
        .orElseThrow(() ->
            new ProblemException(
                Reason.NOT_FOUND,
                "there is no %s %s".formatted(Json.nameOf(type), Parameters.excerpt(id))));
  }

  /// @throws ProblemException NOT_FOUND when no result of the stream is known, or the caller may
  ///   not see it
  public io.chronoscope.search.StreamFacts stream(String id, Caller caller) {
    caller.requireStream(id);
    return get().stream(id)
        .orElseThrow(() ->
            new ProblemException(Reason.NOT_FOUND, "there is no stream " + Parameters.excerpt(id)));
  }

  /// The filter for one stream.
  static ResultFilter only(ResultFilter filter, String stream) {
    try {
      return filter.withStream(new StreamPattern(stream));
    } catch (IllegalArgumentException e) {
      throw ProblemException.parameter("id", String.valueOf(e.getMessage()));
    }
  }
}
