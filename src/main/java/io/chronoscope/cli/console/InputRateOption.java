package io.chronoscope.cli.console;

import io.chronoscope.config.ConfigurationException;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/// The frame rate of files that state none.
public final class InputRateOption {

  private static final double MAX_FPS = 1000;

  @Option(
      names = "--input-fps",
      paramLabel = "F",
      description =
          "Frame rate of elementary streams (H.264, HEVC, MPEG video), whose frames have no times"
              + " (default: the rate that the codec states).")
  Optional<Double> fps = Optional.empty();

  /// @return empty when the option is not given
  /// @throws ConfigurationException when it is no frame rate
  public OptionalDouble rate() {
    if (fps.isEmpty()) {
      return OptionalDouble.empty();
    }
    double rate = fps.get();
    if (!(rate > 0 && rate <= MAX_FPS)) {
      throw new ConfigurationException(
          "--input-fps must be above 0 and at most %.0f, not %s".formatted(MAX_FPS, rate));
    }
    return OptionalDouble.of(rate);
  }
}
