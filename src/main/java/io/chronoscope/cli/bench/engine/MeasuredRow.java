package io.chronoscope.cli.bench.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// One row of the engine benchmark, measured.
///
/// @param row name, of a [RowKind] or of a ceiling
/// @param unit of `perSecond`
/// @param ceilingShare share of [Ceilings]; empty for a row that has none
public record MeasuredRow(
    String row, Subject subject, Measurement measured, String unit, OptionalDouble ceilingShare) {

  /// What was measured.
  ///
  /// @param shape name of the model's shape, or of the checkpoint's directory
  /// @param device as on the command line
  /// @param precision as on the command line
  public record Subject(String shape, String device, String precision) {}

  /// The size of the work as text, as in the table.
  public String size() {
    return dimensions().toString();
  }

  Dimensions dimensions() {
    return measured.last().dimensions();
  }

  /// Throughput with shapes seen before; empty when nothing was processed.
  OptionalDouble perSecond() {
    double items = measured.last().items();
    return items > 0 && measured.seconds() > 0
        ? OptionalDouble.of(items / measured.seconds())
        : OptionalDouble.empty();
  }

  /// The reference's figures for the same work.
  ///
  /// @param seconds median of its runs
  /// @param ratio how many times as fast this program is
  record Reference(double seconds, double ratio) {}

  Optional<Reference> reference() {
    OptionalDouble seconds = measured.referenceSeconds();
    return seconds.isPresent() && measured.seconds() > 0
        ? Optional.of(
            new Reference(seconds.getAsDouble(), seconds.getAsDouble() / measured.seconds()))
        : Optional.empty();
  }

  /// The `--json` object: every key in every row, null where it does not apply.
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("row", row);
    json.put("shape", subject.shape());
    json.put("device", subject.device());
    json.put("precision", subject.precision());
    json.put("batch", dimensions().batch());
    json.put("widthPx", dimensions().widthPx());
    json.put("heightPx", dimensions().heightPx());
    json.put("promptTokens", dimensions().promptTokens());
    json.put("newTokens", dimensions().newTokens());
    json.put("seconds", measured.seconds());
    json.put("perSecond", perSecond());
    json.put("unit", unit);
    json.put("ceilingShare", ceilingShare);
    json.put("firstSeconds", measured.firstSeconds());
    json.put("reference", reference());
    json.put("runs", measured.runs());
    json.put("cpuSeconds", measured.cpuSeconds());
    json.put("heapBytes", measured.memory().heapBytes());
    json.put("rssBytes", measured.memory().rssBytes());
    json.put("deviceBytes", measured.memory().deviceBytes());
    return json;
  }
}
