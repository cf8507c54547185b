package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.CommitSink;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.rule.Rules;
import io.chronoscope.shedding.LoadGovernor;
import java.time.InstantSource;

/// Ports for the analysis of live streams. Owns none of them.
///
/// @param window those that the analysis of a window needs
public record StreamTools(WindowTools window, LoadGovernor load, Rules rules, CommitSink sink) {

  BatchedModel model() {
    return window.model();
  }

  AnalysisListener listener() {
    return window.listener();
  }

  InstantSource clock() {
    return window.clock();
  }
}
