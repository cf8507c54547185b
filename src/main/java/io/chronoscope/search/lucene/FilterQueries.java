package io.chronoscope.search.lucene;

import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.ResultFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.BytesRef;

/// [ResultFilter] as a Lucene query.
final class FilterQueries {

  private FilterQueries() {}

  static Query of(ResultFilter filter) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    all.add(new TermQuery(ResultDocument.LIVE), Occur.FILTER);
    if (!filter.visible().isEmpty()) {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      filter.visible().forEach(pattern -> any.add(stream(pattern), Occur.SHOULD));
      all.add(any.build(), Occur.FILTER);
    }
    filter.stream().ifPresent(pattern -> all.add(stream(pattern), Occur.FILTER));
    filter
        .from()
        .ifPresent(from ->
            all.add(
                LongField.newRangeQuery(
                    ResultDocument.END, StreamClock.epochMicros(from), Long.MAX_VALUE),
                Occur.FILTER));
    filter
        .to()
        .ifPresent(to ->
            all.add(
                LongField.newRangeQuery(
                    ResultDocument.START, Long.MIN_VALUE, StreamClock.epochMicros(to) - 1),
                Occur.FILTER));
    if (!filter.types().isEmpty()) {
      all.add(oneOf(ResultDocument.TYPE, filter.types(), List.of()), Occur.FILTER);
    }
    List<String> none = List.of(ResultDocument.NONE);
    if (!filter.statuses().isEmpty()) {
      all.add(oneOf(ResultDocument.STATUS, filter.statuses(), none), Occur.FILTER);
    }
    if (!filter.levels().isEmpty()) {
      all.add(oneOf(ResultDocument.LEVEL, filter.levels(), none), Occur.FILTER);
    }
    filter
        .rule()
        .ifPresent(
            rule -> all.add(new TermQuery(new Term(ResultDocument.RULE, rule)), Occur.FILTER));
    if (filter.minConfidence().isPresent()) {
      all.add(
          DoubleField.newRangeQuery(
              ResultDocument.CONFIDENCE,
              Double.NEGATIVE_INFINITY,
              Math.nextDown(filter.minConfidence().getAsDouble())),
          Occur.MUST_NOT);
    }
    return all.build();
  }

  private static Query oneOf(String field, Collection<? extends Enum<?>> some, List<String> more) {
    List<BytesRef> terms = new ArrayList<>();
    some.forEach(one -> terms.add(new BytesRef(one.name())));
    more.forEach(one -> terms.add(new BytesRef(one)));
    return new TermInSetQuery(field, terms);
  }

  /// The patterns run over the ids of streams, of which there are few.
  private static Query stream(StreamPattern pattern) {
    String text = pattern.text();
    int star = text.indexOf('*');
    if (star < 0) {
      return new TermQuery(new Term(ResultDocument.STREAM, text));
    }
    if (text.chars().allMatch(one -> one == '*')) {
      return new MatchAllDocsQuery();
    }
    if (star == text.length() - 1) {
      return new PrefixQuery(new Term(ResultDocument.STREAM, text.substring(0, star)));
    }
    String escaped = text.replace("\\", "\\\\").replace("?", "\\?");
    return new WildcardQuery(new Term(ResultDocument.STREAM, escaped));
  }
}
