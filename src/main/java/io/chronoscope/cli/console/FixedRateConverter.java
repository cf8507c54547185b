package io.chronoscope.cli.console;

import io.chronoscope.sampling.FixedRate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Parses a sampling rate, as [FixedRate#parse] reads it.
public final class FixedRateConverter implements ITypeConverter<FixedRate> {

  @Override
  public FixedRate convert(String value) {
    try {
      return FixedRate.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
