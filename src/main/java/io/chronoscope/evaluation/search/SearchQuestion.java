package io.chronoscope.evaluation.search;

import io.chronoscope.domain.StreamPattern;
import io.chronoscope.evaluation.search.GeneratedStreams.Truth;
import io.chronoscope.search.ResultFilter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A search and what it should find.
///
/// @param stream pattern of the streams to search
/// @param fromMinute start of the time to search, in minutes from the start of the streams
/// @param toMinute its end
/// @param asked what happens; empty for something outside the demo world
public record SearchQuestion(
    Kind kind,
    String text,
    String stream,
    int fromMinute,
    int toMinute,
    Optional<Happening> asked) {

  /// What makes a question hard.
  public enum Kind {
    /// The words of the description.
    EXACT,
    /// Other words.
    PARAPHRASE,
    /// One word.
    WORD,
    /// It never happens, or not in that time.
    NEGATIVE
  }

  /// A line of the file of questions.
  String write() {
    return String.join(
        "\t",
        kind.name(),
        text,
        stream,
        Integer.toString(fromMinute),
        Integer.toString(toMinute),
        asked.map(Happening::write).orElse("-"));
  }

  static SearchQuestion parse(String line) {
    String[] parts = line.split("\t", 6);
    return new SearchQuestion(
        Kind.valueOf(parts[0]),
        parts[1],
        parts[2],
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]),
        parts[5].equals("-") ? Optional.empty() : Optional.of(Happening.parse(parts[5])));
  }

  public Instant from() {
    return GeneratedStreams.origin().plusSeconds(60L * fromMinute);
  }

  public Instant to() {
    return GeneratedStreams.origin().plusSeconds(60L * toMinute);
  }

  /// The filter that goes with the text.
  public ResultFilter filter() {
    return ResultFilter.VALID
        .withStream(new StreamPattern(stream))
        .withRange(Optional.of(from()), Optional.of(to()));
  }

  /// What should be found. At the edges of the time the records' tolerance decides what is inside.
  public List<Truth> relevant(List<Truth> truths) {
    return asked.isEmpty()
        ? List.of()
        : truths.stream()
            .filter(one ->
                new StreamPattern(stream).matches(one.stream())
                    && one.start().isBefore(to())
                    && one.end().isAfter(from())
                    && one.happening().answers(asked.get()))
            .toList();
  }
}
