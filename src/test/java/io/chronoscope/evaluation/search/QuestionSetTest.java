package io.chronoscope.evaluation.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.evaluation.search.QuestionWriter.Wording;
import io.chronoscope.evaluation.search.SearchQuestion.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The files of questions are what [QuestionWriter] writes; `-Dwrite-questions=true` writes them
/// again.
class QuestionSetTest {

  private static final Path FOLDER = Path.of("src/main/resources/io/chronoscope/evaluation/search");
  private static final String HEADING =
      "# class, text, stream, from minute, to minute, what happens (act, color, shape, direction, turns to)\n";

  private static List<SearchQuestion> written(QuestionSet set) {
    return switch (set) {
      case EVALUATION ->
          new QuestionWriter(set.streams(), 120, QuestionWriter.EVALUATION, 1).write(120);
      case CALIBRATION ->
          new QuestionWriter(set.streams(), 120, QuestionWriter.CALIBRATION, 2).write(120);
    };
  }

  @Test
  void theFilesAreWhatTheWriterWrites() throws IOException {
    for (QuestionSet set : QuestionSet.values()) {
      List<SearchQuestion> questions = written(set);
      if (Boolean.getBoolean("write-questions")) {
        Files.writeString(
            FOLDER.resolve(set.file()),
            HEADING
                + questions.stream().map(one -> one.write() + "\n").collect(Collectors.joining()));
      } else {
        assertThat(set.questions()).isEqualTo(questions);
      }
    }
  }

  @Test
  void thereAreEnoughQuestionsOfEveryClassOverEnoughHours() {
    List<SearchQuestion> questions = QuestionSet.EVALUATION.questions();
    Map<Kind, Long> each =
        questions.stream()
            .collect(Collectors.groupingBy(SearchQuestion::kind, Collectors.counting()));

    assertThat(questions).hasSizeGreaterThanOrEqualTo(400).doesNotHaveDuplicates();
    assertThat(each).hasSize(Kind.values().length);
    assertThat(each.values()).allMatch(count -> count >= 100);
    assertThat(QuestionSet.EVALUATION.streams().hours()).isGreaterThanOrEqualTo(10);
  }

  @Test
  void everyQuestionHasAnAnswerUnlessItIsNegative() {
    for (QuestionSet set : QuestionSet.values()) {
      GeneratedStreams streams = set.streams();
      for (SearchQuestion question : set.questions()) {
        assertThat(question.relevant(streams.truths()).isEmpty())
            .as(question.write())
            .isEqualTo(question.kind() == Kind.NEGATIVE);
      }
    }
  }

  @Test
  void theCalibrationSharesNoWordingWithTheEvaluation() {
    Set<String> shared = phrases(QuestionWriter.EVALUATION);
    shared.retainAll(phrases(QuestionWriter.CALIBRATION));
    assertThat(shared).isEmpty();
  }

  private static Set<String> phrases(Wording wording) {
    Set<String> phrases = new HashSet<>();
    for (Map<String, List<String>> some :
        List.of(wording.colors(), wording.shapes(), wording.directions())) {
      some.values().forEach(phrases::addAll);
    }
    phrases.addAll(wording.appears());
    phrases.addAll(wording.stops());
    phrases.addAll(wording.turns());
    phrases.addAll(wording.dark());
    phrases.addAll(wording.elsewhere());
    phrases.addAll(wording.strangers());
    return phrases;
  }
}
