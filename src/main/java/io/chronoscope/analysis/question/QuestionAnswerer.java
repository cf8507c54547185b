package io.chronoscope.analysis.question;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.ChunkArchive.TooMuchToReadException;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.QuestionAnswer;
import java.time.Duration;

/// Answers questions about time ranges of streams. Reuses windows whose embeddings are still
/// cached; reads and decodes the rest again from the archive, and encodes only those frame pairs
/// that are not cached. Live streams take precedence: everything the model computes for a question
/// has the lower priority. Thread-safe.
public final class QuestionAnswerer {

  private final AnalysisSettings settings;
  private final QuestionLimits limits;
  private final WindowTools tools;
  private final ChunkArchive archive;
  private final StreamStarts starts;

  public QuestionAnswerer(
      AnalysisSettings settings,
      QuestionLimits limits,
      WindowTools tools,
      ChunkArchive archive,
      StreamStarts starts) {
    this.settings = settings;
    this.limits = limits;
    this.tools = tools;
    this.archive = archive;
    this.starts = starts;
  }

  /// The model that answers.
  public ModelRef model() {
    return tools.model().ref();
  }

  /// Answers a question. A question that cannot be answered gets an answer that says why.
  ///
  /// @throws java.util.concurrent.CancellationException when the thread is interrupted
  /// @throws RuntimeException when the chunks cannot be read or the model fails
  public QuestionAnswer answer(Question question) {
    AnswerBuilder answer = new AnswerBuilder(question, model(), tools.clock());
    if (question.from().plus(limits.maxRange()).isBefore(question.to())) {
      return answer.refuse(
          "from and to are %s apart, more than %s"
              .formatted(Duration.between(question.from(), question.to()), limits.maxRange()));
    }
    try {
      return new QuestionRun(question, answer, settings, limits, tools, archive, starts).run();
    } catch (TooMuchToReadException e) {
      return answer.refuse(answer.futureProblem().orElseGet(() -> String.valueOf(e.getMessage())));
    }
  }
}
