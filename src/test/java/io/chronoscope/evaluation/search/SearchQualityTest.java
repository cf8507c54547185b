package io.chronoscope.evaluation.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.search.SearchRequest.Matching;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.sentence.SentenceEncoder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A part of the questions, about one of the streams, with the real sentence model.
class SearchQualityTest {

  @Test
  void findsWhatHappenedAndSaysWhenNothingDid() {
    GeneratedStreams streams = QuestionSet.EVALUATION.firstStream();
    List<SearchQuestion> questions =
        QuestionSet.EVALUATION.questions().stream()
            .filter(question -> question.stream().equals("cam-1"))
            .toList();
    try (TextEmbedder embedder = SentenceEncoder.whenNeeded(1);
        LuceneIndex index = LuceneIndex.open(IndexFiles.inMemory(), embedder)) {
      streams.batches(1000).forEach(index::apply);
      SearchEvaluation evaluation = new SearchEvaluation(index, streams.truths());
      SearchScore hybrid =
          SearchScore.of(
              questions.stream().map(one -> evaluation.ask(one, Matching.HYBRID)).toList());
      SearchScore words =
          SearchScore.of(
              questions.stream().map(one -> evaluation.ask(one, Matching.WORDS)).toList());

      assertThat(hybrid.questions()).isGreaterThan(30);
      assertThat(hybrid.negatives()).isGreaterThan(10);
      assertThat(hybrid.falseAnswerShare()).isLessThanOrEqualTo(0.1);
      assertThat(hybrid.mrr()).isGreaterThan(0.5).isGreaterThan(words.mrr());
    }
  }
}
