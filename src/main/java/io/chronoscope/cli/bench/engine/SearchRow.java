package io.chronoscope.cli.bench.engine;

import io.chronoscope.evaluation.search.GeneratedStreams;
import io.chronoscope.evaluation.search.QuestionSet;
import io.chronoscope.evaluation.search.SearchQuestion;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.sentence.SentenceEncoder;
import java.util.List;

/// Searches for the questions of `evaluate search` in an index in memory over the events and
/// summaries of their streams: 12 hours of video. The first run asks each question for the first
/// time; `bench search` measures larger indexes and searches that arrive at a rate.
final class SearchRow implements Workload, AutoCloseable {

  private static final int BATCH = 2_000;
  private static final int HITS = 10;

  /// Searches of a run; the next questions warm up.
  private static final int SEARCHES = 50;

  private final Stopwatch stopwatch;
  private final TextEmbedder embedder;
  private final LuceneIndex index;
  private final List<String> texts;

  private SearchRow(Stopwatch stopwatch, TextEmbedder embedder, GeneratedStreams streams) {
    this.stopwatch = stopwatch;
    this.embedder = embedder;
    this.index = LuceneIndex.open(IndexFiles.inMemory(), embedder);
    streams.batches(BATCH).forEach(index::apply);
    this.texts =
        QuestionSet.EVALUATION.questions().stream().map(SearchQuestion::text).distinct().toList();
  }

  static SearchRow open(Stopwatch stopwatch) {
    return open(stopwatch, QuestionSet.EVALUATION.streams());
  }

  static SearchRow open(Stopwatch stopwatch, GeneratedStreams streams) {
    return new SearchRow(stopwatch, SentenceEncoder.whenNeeded(1), streams);
  }

  @Override
  public void warmUp() {
    texts.subList(SEARCHES, texts.size()).stream().limit(SEARCHES).forEach(this::search);
  }

  @Override
  public Outcome run() {
    Cost cost = stopwatch.time(() -> texts.subList(0, SEARCHES).forEach(this::search));
    return new Outcome(cost, Dimensions.NONE, SEARCHES, List.of());
  }

  private void search(String text) {
    var unused = index.search(new SearchRequest(text, ResultFilter.VALID, HITS));
  }

  @Override
  public void close() {
    index.close();
    embedder.close();
  }
}
