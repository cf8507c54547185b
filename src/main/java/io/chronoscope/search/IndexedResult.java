package io.chronoscope.search;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Alert;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.StreamEnd;
import io.chronoscope.domain.Result.Summary;
import io.chronoscope.domain.Result.Timed;
import io.chronoscope.domain.Result.Unanswered;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.wire.ResultType;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/// The latest revision of a result.
///
/// @param published the result, its JSON, and where it lies
/// @param changed when it changed last, see [ResultIndex#changes]
public record IndexedResult(PublishedResult published, ChangePosition changed) {

  public Result result() {
    return published.result();
  }

  public String id() {
    return result().id();
  }

  public String stream() {
    return result().stream();
  }

  public ResultType type() {
    return ResultType.of(result());
  }

  public ChunkOrigin at() {
    return published.at();
  }

  /// Start of the time it is about; for a dead letter, and for an answer about a range that could
  /// not be parsed, the time of its record.
  public Instant start() {
    return start(published);
  }

  /// End of the time it is about, not before [#start()].
  public Instant end() {
    return switch (result()) {
      case Timed timed -> timed.end();
      case StreamEnd end -> end.end();
      case QuestionAnswer answer -> answer.to().filter(to -> !to.isBefore(start())).orElse(start());
      case DeadLetter deadLetter -> published.publishedAt();
    };
  }

  private static Instant start(PublishedResult published) {
    return switch (published.result()) {
      case Timed timed -> timed.start();
      // What is about a whole stream stands at the end of it, where it becomes known.
      case StreamEnd end -> end.end();
      case QuestionAnswer answer -> answer.from().orElse(published.publishedAt());
      case DeadLetter deadLetter -> published.publishedAt();
    };
  }

  /// The text that is searched and shown.
  public String text() {
    return text(result());
  }

  private static String text(Result result) {
    return switch (result) {
      case VideoEvent event -> event.description();
      case Summary summary -> summary.text();
      case Alert alert -> alert.text();
      case Gap gap -> gap.detail();
      case Unanswered unanswered -> unanswered.problem();
      case StreamEnd end -> "";
      case QuestionAnswer answer -> answer.question();
      case DeadLetter deadLetter -> deadLetter.rejection().detail();
    };
  }

  /// Where it is in its life cycle; empty for results that have none.
  public Optional<Status> status() {
    return switch (result()) {
      case VideoEvent event -> Optional.of(event.status());
      case Alert alert -> Optional.of(alert.status());
      case Gap gap -> Optional.of(gap.status());
      case Summary summary -> Optional.empty();
      case Unanswered unanswered -> Optional.empty();
      case StreamEnd end -> Optional.empty();
      case QuestionAnswer answer -> Optional.empty();
      case DeadLetter deadLetter -> Optional.empty();
    };
  }

  /// The level of a summary.
  public Optional<Result.Level> level() {
    return result() instanceof Summary summary ? Optional.of(summary.level()) : Optional.empty();
  }

  /// The rule of an alert.
  public Optional<String> rule() {
    return result() instanceof Alert alert ? Optional.of(alert.rule()) : Optional.empty();
  }

  /// The model's confidence, 0 to 1, where the result states one.
  public OptionalDouble confidence() {
    return switch (result()) {
      case Alert alert -> OptionalDouble.of(alert.score());
      case VideoEvent event -> event.certainty().confidence();
      case Gap gap -> OptionalDouble.empty();
      case Summary summary -> OptionalDouble.empty();
      case Unanswered unanswered -> OptionalDouble.empty();
      case StreamEnd end -> OptionalDouble.empty();
      case QuestionAnswer answer -> OptionalDouble.empty();
      case DeadLetter deadLetter -> OptionalDouble.empty();
    };
  }

  /// How far [#start()] and [#end()] may be off, in milliseconds; 0 where the result states none.
  public long toleranceMs() {
    return switch (result()) {
      case VideoEvent event -> event.toleranceMs();
      case Alert alert -> alert.toleranceMs();
      case Gap gap -> 0;
      case Summary summary -> 0;
      case Unanswered unanswered -> 0;
      case StreamEnd end -> 0;
      case QuestionAnswer answer -> 0;
      case DeadLetter deadLetter -> 0;
    };
  }
}
