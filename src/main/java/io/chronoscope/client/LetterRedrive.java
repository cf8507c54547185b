package io.chronoscope.client;

import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Redrives dead letters by their ids. Only one redrive of a dead-letter topic is active at a time;
/// a new one ends the one before it.
public final class LetterRedrive {

  private LetterRedrive() {}

  /// Whether a record that was redriven before is sent again.
  public enum Repetition {
    ONCE,
    AGAIN
  }

  /// What became of one id.
  public sealed interface Outcome {

    String id();

    record Redriven(String id, ChunkOrigin to) implements Outcome {}

    record Failed(String id, String reason) implements Outcome {}
  }

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param source the `ce_source`
  /// @param allowed the dead letters that the caller may redrive; others count as unknown
  public static List<Outcome> redrive(
      Map<String, Object> kafka,
      TopicNames topics,
      URI source,
      Collection<String> ids,
      Repetition repetition,
      Predicate<Letter> allowed) {
    // Opened before the dead letters are read: it fences any other redrive.
    try (RetainedRecords records = new RetainedRecords(kafka);
        Redriver redriver = new Redriver(kafka, topics, source, Clock.systemUTC())) {
      Map<String, Letter> letters = DeadLetters.read(kafka, topics.of(Topic.DEAD_LETTERS));
      List<Outcome> outcomes = new ArrayList<>();
      for (String id : ids) {
        Letter letter = letters.get(id);
        outcomes.add(
            letter == null || !allowed.test(letter)
                ? new Outcome.Failed(id, "there is no such dead letter")
                : redrive(letter, records, redriver, topics, repetition));
      }
      return outcomes;
    }
  }

  private static Outcome redrive(
      Letter letter,
      RetainedRecords records,
      Redriver redriver,
      TopicNames topics,
      Repetition repetition) {
    if (letter.redriven().isPresent() && repetition == Repetition.ONCE) {
      return new Outcome.Failed(letter.id(), "it was redriven before");
    }
    if (!Redriver.isInput(letter.origin().topic(), topics)) {
      return new Outcome.Failed(letter.id(), "the service does not read its topic");
    }
    try {
      return records
          .find(letter.origin())
          .<Outcome>map(
              record -> new Outcome.Redriven(letter.id(), redriver.redrive(letter, record)))
          .orElseGet(() ->
              new Outcome.Failed(letter.id(), "the record is gone: it is no longer retained"));
    } catch (IllegalStateException e) {
      return new Outcome.Failed(letter.id(), String.valueOf(e.getMessage()));
    }
  }
}
