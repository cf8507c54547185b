package io.chronoscope.cli.bench.engine;

import java.util.List;

/// Work that a row repeats.
interface Workload {

  /// What one run did.
  ///
  /// @param items frames, tokens, answers or seconds of video, as the row's unit says
  /// @param works the parts of the run, for its ceiling
  record Outcome(Cost cost, Dimensions dimensions, double items, List<Work> works) {

    public Outcome {
      works = List.copyOf(works);
    }
  }

  /// Does similar work with a shape that no row measures, so that code is compiled and memory is
  /// allocated before the first run.
  void warmUp();

  /// Does the row's work once. The first call is the first one with its shape in this process.
  Outcome run();
}
