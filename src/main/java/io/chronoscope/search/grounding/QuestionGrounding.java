package io.chronoscope.search.grounding;

import io.chronoscope.client.QuestionPublisher;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.TemporalIou;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Grounding;
import io.chronoscope.search.query.SearchText;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Grounds hits with the questions that any client may ask: for each hit, whether and when it
/// happens in the hit's time and a margin around it. A service that runs answers them from the
/// retained chunks. Thread-safe.
public final class QuestionGrounding implements HitGrounding {

  /// A hit that covers more, such as the summary of an hour, says too little about when.
  private static final Duration MAX_SPAN = Duration.ofMinutes(5);

  private static final Duration POLL = Duration.ofMillis(200);

  private final Map<String, Object> kafka;
  private final TopicNames names;
  private final Duration timeout;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param timeout how long to wait for all answers of a call
  public QuestionGrounding(Map<String, Object> kafka, TopicNames names, Duration timeout) {
    this.kafka = Map.copyOf(kafka);
    this.names = names;
    this.timeout = timeout;
  }

  /// @throws IllegalArgumentException when the topics do not exist
  @Override
  public List<Grounding> check(List<SearchHit> hits, String text) {
    String query = SearchText.parse(text).plain();
    Map<String, SearchHit> asked = new HashMap<>();
    List<Optional<String>> ids = new ArrayList<>();
    Map<String, QuestionAnswer> answers = new HashMap<>();
    try (ResultReader reader =
            new ResultReader(kafka, List.of(names.of(Topic.ANSWERS)), ResultReader.From.NOW);
        QuestionPublisher publisher = new QuestionPublisher(kafka, names.of(Topic.QUESTIONS))) {
      for (SearchHit hit : hits) {
        Optional<Question> question = question(hit, query);
        question.ifPresent(one -> {
          asked.put(one.id(), hit);
          publisher.ask(one).toCompletableFuture().join();
        });
        ids.add(question.map(Question::id));
      }
      collect(reader, asked, answers);
    }
    List<Grounding> outcomes = new ArrayList<>();
    for (int i = 0; i < hits.size(); i++) {
      SearchHit hit = hits.get(i);
      outcomes.add(
          ids.get(i)
              .map(id -> outcome(hit, Optional.ofNullable(answers.get(id))))
              .orElseGet(() ->
                  new Grounding.Unchecked(
                      "it covers more than %d minutes".formatted(MAX_SPAN.toMinutes()))));
    }
    return outcomes;
  }

  private static Optional<Question> question(SearchHit hit, String query) {
    Instant start = hit.result().start();
    Instant end = hit.result().end();
    return Duration.between(start, end).compareTo(MAX_SPAN) > 0
        ? Optional.empty()
        : Optional.of(
            new Question(
                "search-" + UUID.randomUUID(),
                hit.result().stream(),
                query,
                start.minus(MARGIN),
                end.plus(MARGIN)));
  }

  private void collect(
      ResultReader reader, Map<String, SearchHit> asked, Map<String, QuestionAnswer> answers) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (answers.size() < asked.size() && System.nanoTime() - deadline < 0) {
      for (Read read : reader.poll(POLL)) {
        if (read instanceof Read.Published published
            && published.result() instanceof QuestionAnswer answer
            && asked.containsKey(answer.id())) {
          answers.put(answer.id(), answer);
        }
      }
    }
  }

  private Grounding outcome(SearchHit hit, Optional<QuestionAnswer> answered) {
    if (answered.isEmpty()) {
      return new Grounding.Unchecked(
          "no answer within %d s; is the service running?".formatted(timeout.toSeconds()));
    }
    QuestionAnswer answer = answered.get();
    if (answer.problem().isPresent()) {
      return new Grounding.Unchecked(answer.problem().get());
    }
    if (answer.spans().isEmpty()) {
      // What was not seen cannot be denied.
      return answer.notSeen().stream()
          .filter(part -> overlapMs(hit, part.start(), part.end()) > 0)
          .findFirst()
          .<Grounding>map(part -> new Grounding.Unchecked(part.reason()))
          .orElseGet(Grounding.NotConfirmed::new);
    }
    QuestionAnswer.Span best = answer.spans().getFirst();
    for (QuestionAnswer.Span span : answer.spans()) {
      if (iou(hit, span) > iou(hit, best)) {
        best = span;
      }
    }
    return new Grounding.Confirmed(best.start(), best.end(), best.toleranceMs(), best.score());
  }

  private static double iou(SearchHit hit, QuestionAnswer.Span span) {
    return TemporalIou.of(hit.result().start(), hit.result().end(), span.start(), span.end());
  }

  private static long overlapMs(SearchHit hit, Instant start, Instant end) {
    Instant from = start.isAfter(hit.result().start()) ? start : hit.result().start();
    Instant to = end.isBefore(hit.result().end()) ? end : hit.result().end();
    return Math.max(0, Duration.between(from, to).toMillis());
  }
}
