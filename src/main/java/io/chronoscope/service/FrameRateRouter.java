package io.chronoscope.service;

import io.chronoscope.analysis.Intake;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.sampling.FixedRate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

/// Routes streams whose name ends with a frame rate (`yard@2`) to an analysis with that rate, so
/// that one run can compare several rates.
public final class FrameRateRouter implements Intake {

  private final Map<String, Intake> bySuffix = new LinkedHashMap<>();
  private final Intake others;

  /// @param analysis creates the analysis of a rate
  /// @param others analyzes streams with no known rate in their name
  FrameRateRouter(Iterable<FixedRate> rates, Function<FixedRate, Intake> analysis, Intake others) {
    rates.forEach(rate -> bySuffix.put(suffix(rate), analysis.apply(rate)));
    this.others = others;
  }

  /// The name of a stream that is analyzed at this rate.
  public static String stream(String name, FixedRate rate) {
    return name + suffix(rate);
  }

  private static String suffix(FixedRate rate) {
    return "@" + rate.toString().replace(':', '-');
  }

  private Intake route(String stream) {
    int at = stream.lastIndexOf('@');
    return at < 0 ? others : bySuffix.getOrDefault(stream.substring(at), others);
  }

  @Override
  public CompletionStage<Void> offer(StreamInput input) {
    return route(input.stream()).offer(input);
  }

  @Override
  public void resume(StreamState state, ChunkOrigin resumeFrom) {
    route(state.stream()).resume(state, resumeFrom);
  }

  @Override
  public void forget(Predicate<String> stream) {
    bySuffix.values().forEach(intake -> intake.forget(stream));
    others.forget(stream);
  }
}
