package io.chronoscope.analysis.question;

import io.chronoscope.analysis.window.EncodedWindow;
import io.chronoscope.analysis.window.GroundingResult;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.QuestionAnswer.NotSeen;
import io.chronoscope.domain.Result.QuestionAnswer.Span;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamClock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Assembles the answer to one question from what the model found in each window and from the parts
/// of the range that could not be seen. For use by one thread.
final class AnswerBuilder {

  private static final String TO_COME = "still to come";

  /// An answer is a single record, so it has at most this many spans, and at most this many parts
  /// that were not seen.
  private static final int MAX_PARTS = 200;

  private static final String UNUSABLE =
      "the model said neither whether nor when it happens in a form that can be read; is it a model"
          + " that answers yes or no?";

  private final Question question;
  private final ModelRef model;
  private final InstantSource clock;
  private final AnswerSpans spans;
  private final List<NotSeen> notSeen = new ArrayList<>();
  private final List<Sampling> samplings = new ArrayList<>();
  private final Set<Long> framesSeen = new HashSet<>();
  private long damagedMs;
  private boolean anyUsable;

  AnswerBuilder(Question question, ModelRef model, InstantSource clock) {
    this.question = question;
    this.model = model;
    this.clock = clock;
    this.spans =
        new AnswerSpans(
            StreamClock.epochMicros(question.from()), StreamClock.epochMicros(question.to()));
  }

  /// Adds what the model found in the part of a window that lies in the question's range.
  void add(EncodedWindow window, GroundingResult result) {
    samplings.add(window.sampling());
    framesSeen.addAll(window.times().micros());
    switch (result) {
      case GroundingResult.Absent _, GroundingResult.Refused _ -> anyUsable = true;
      case GroundingResult.Located located -> {
        anyUsable = true;
        spans.add(window, window.sighting(located), located.confidence());
      }
      case GroundingResult.Unlocated unlocated -> addUnusable(window, unlocated.problem());
      case GroundingResult.Unusable unusable -> addUnusable(window, unusable.problem());
    }
  }

  private void addUnusable(EncodedWindow window, String problem) {
    addNotSeen(
        new NotSeen(
            StreamClock.ofEpochMicros(window.times().micros().getFirst()),
            StreamClock.ofEpochMicros(window.startMicros() + window.span().untilMicros()),
            "the model's answer could not be used: " + problem));
  }

  /// Adds what of a part that was not seen lies in the question's range.
  void addNotSeen(NotSeen part) {
    Instant start = part.start().isBefore(question.from()) ? question.from() : part.start();
    Instant end = part.end().isAfter(question.to()) ? question.to() : part.end();
    if (start.isBefore(end)) {
      notSeen.add(new NotSeen(start, end, part.reason()));
    }
  }

  /// Why the question cannot be answered if its range is in the future; empty otherwise.
  Optional<String> futureProblem() {
    Instant now = clock.instant();
    return question.from().isAfter(now)
        ? Optional.of(
            "from (%s) is in the future; it is %s"
                .formatted(question.from(), now.truncatedTo(ChronoUnit.MILLIS)))
        : Optional.empty();
  }

  /// An answer that only says why there is none.
  QuestionAnswer refuse(String problem) {
    return refuse(problem, List.of());
  }

  private QuestionAnswer refuse(String problem, List<NotSeen> parts) {
    return answer(Optional.of(Rejection.truncate(problem)), List.of(), parts, Optional.empty());
  }

  QuestionAnswer build() {
    if (samplings.isEmpty()) {
      return refuse(futureProblem().orElseGet(this::nothingSeen), parts());
    }
    if (!anyUsable) {
      return refuse(UNUSABLE, parts());
    }
    List<Span> merged = spans.merged();
    if (merged.size() > MAX_PARTS) {
      addNotSeen(
          new NotSeen(
              merged.get(MAX_PARTS).start(),
              question.to(),
              "an answer has no more than %d spans".formatted(MAX_PARTS)));
      merged = merged.subList(0, MAX_PARTS);
    }
    return answer(Optional.empty(), merged, parts(), Optional.of(sampling()));
  }

  private String nothingSeen() {
    return "nothing between from and to can be seen: "
        + parts().stream().map(NotSeen::reason).distinct().collect(Collectors.joining("; "));
  }

  /// The parts that were not seen, by start; the last one stands for all beyond the limit.
  private List<NotSeen> parts() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<NotSeen> all =
        notSeen.stream()
            .flatMap(part -> splitAt(now, part))
            .distinct()
            .sorted(Comparator.comparing(NotSeen::start))
            .toList();
    if (all.size() <= MAX_PARTS) {
      return all;
    }
    List<NotSeen> limited = new ArrayList<>(all.subList(0, MAX_PARTS - 1));
    List<NotSeen> rest = all.subList(MAX_PARTS - 1, all.size());
    limited.add(
        new NotSeen(
            rest.getFirst().start(),
            rest.stream().map(NotSeen::end).max(Comparator.naturalOrder()).orElseThrow(),
            "%d parts of this".formatted(rest.size())));
    return limited;
  }

  /// The future part of a range is reported as still to come, not as missing.
  private static Stream<NotSeen> splitAt(Instant now, NotSeen part) {
    if (!part.end().isAfter(now)) {
      return Stream.of(part);
    }
    Instant from = part.start().isAfter(now) ? part.start() : now;
    NotSeen toCome = new NotSeen(from, part.end(), TO_COME);
    return part.start().isBefore(now)
        ? Stream.of(new NotSeen(part.start(), now, part.reason()), toCome)
        : Stream.of(toCome);
  }

  /// How much of the range is damaged.
  void damaged(long millis) {
    damagedMs = millis;
  }

  /// The sampling of all windows together; its rate is the lowest of all.
  private Sampling sampling() {
    Sampling lowest =
        samplings.stream().min(Comparator.comparingDouble(Sampling::fps)).orElseThrow();
    return new Sampling(
        framesSeen.size(),
        lowest.fps(),
        lowest.reason(),
        samplings.stream().mapToInt(Sampling::videoTokens).sum(),
        lowest.frameWidthPx(),
        lowest.frameHeightPx(),
        samplings.stream().mapToLong(Sampling::lagMs).max().orElse(0),
        samplings.stream().mapToInt(Sampling::loadLevel).max().orElse(0),
        damagedMs);
  }

  private QuestionAnswer answer(
      Optional<String> problem,
      List<Span> found,
      List<NotSeen> parts,
      Optional<Sampling> sampling) {
    return new QuestionAnswer(
        question.id(),
        question.stream(),
        question.text(),
        Optional.of(question.from()),
        Optional.of(question.to()),
        problem,
        found,
        parts,
        model,
        sampling);
  }
}
