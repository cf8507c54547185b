package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.ResultFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// [ResultFilter] in OpenSearch's query language.
///
/// @param all what a result has to pass
/// @param none what it must not
record FilterClauses(List<ObjectNode> all, List<ObjectNode> none) {

  static FilterClauses of(ResultFilter filter) {
    List<ObjectNode> all = new ArrayList<>();
    List<ObjectNode> none = new ArrayList<>();
    all.add(Clauses.term(ResultDocument.KIND, ResultDocument.RESULT));
    if (!filter.visible().isEmpty()) {
      all.add(Clauses.anyOf(filter.visible().stream().map(FilterClauses::stream).toList()));
    }
    filter.stream().ifPresent(pattern -> all.add(stream(pattern)));
    filter.from().ifPresent(from -> all.add(Clauses.atLeast("end", StreamClock.epochMicros(from))));
    filter.to().ifPresent(to -> all.add(Clauses.below("start", StreamClock.epochMicros(to))));
    if (!filter.types().isEmpty()) {
      all.add(Clauses.terms("type", names(filter.types()).toList()));
    }
    if (!filter.statuses().isEmpty()) {
      all.add(orNone("status", filter.statuses()));
    }
    if (!filter.levels().isEmpty()) {
      all.add(orNone("level", filter.levels()));
    }
    filter.rule().ifPresent(rule -> all.add(Clauses.term("rule", rule)));
    filter
        .minConfidence()
        .ifPresent(
            least -> none.add(Clauses.range("confidence", Clauses.object().put("lt", least))));
    return new FilterClauses(all, none);
  }

  ObjectNode query() {
    return Clauses.filter(all, none);
  }

  private static ObjectNode orNone(String field, Collection<? extends Enum<?>> some) {
    return Clauses.terms(
        field, Stream.concat(names(some), Stream.of(ResultDocument.NONE)).toList());
  }

  private static Stream<String> names(Collection<? extends Enum<?>> some) {
    return some.stream().map(Enum::name);
  }

  /// The patterns run over the ids of streams, of which there are few.
  private static ObjectNode stream(StreamPattern pattern) {
    String text = pattern.text();
    if (text.indexOf('*') < 0) {
      return Clauses.term("stream", text);
    }
    if (text.chars().allMatch(one -> one == '*')) {
      return Clauses.matchAll();
    }
    String escaped = text.replace("\\", "\\\\").replace("?", "\\?");
    return Clauses.object(
        "wildcard", Clauses.object("stream", Clauses.object().put("value", escaped)));
  }
}
