package io.chronoscope.evaluation.search;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Questions and the streams they are about. The files are in the repository; `QuestionSetTest`
/// wrote them from seeds and checks them against the streams.
public enum QuestionSet {
  /// What `evaluate search` asks.
  EVALUATION("evaluation.tsv", 20260504, 6, 2),
  /// From which the cut for "nothing found" is fitted: other streams, other wordings, other things
  /// that never happen.
  CALIBRATION("calibration.tsv", 4711, 3, 2);

  private final String file;
  private final long seed;
  private final int streams;
  private final int hoursEach;

  QuestionSet(String file, long seed, int streams, int hoursEach) {
    this.file = file;
    this.seed = seed;
    this.streams = streams;
    this.hoursEach = hoursEach;
  }

  /// Name of the file, beside this class.
  String file() {
    return file;
  }

  public GeneratedStreams streams() {
    return new GeneratedStreams(seed, streams, hoursEach);
  }

  /// The first of the streams alone.
  public GeneratedStreams firstStream() {
    return new GeneratedStreams(seed, 1, hoursEach);
  }

  public List<SearchQuestion> questions() {
    try (InputStream in = QuestionSet.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new FileNotFoundException(file);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(SearchQuestion::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the questions " + file, e);
    }
  }
}
