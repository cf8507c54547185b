package io.chronoscope.cli.bench.engine;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.Table;
import io.chronoscope.render.ThroughputPicture;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Formats the rows of the engine benchmark as lines of at most 100 characters.
public final class EngineTable {

  private static final Table ROWS =
      Table.empty()
          .text("row", 8)
          .text("size", 19)
          .figure("seen", 8)
          .figure("unseen", 8)
          .figure("rate", 16)
          .figure("ceiling", 7)
          .figure("CPU s", 6)
          .figure("heap", 6)
          .figure("RSS", 6);

  /// In a run with the reference.
  private static final Table ROWS_WITH_REFERENCE = ROWS.figure("ref.", 6);

  private EngineTable() {}

  public static String heading() {
    return ROWS.heading();
  }

  /// The heading of a run with the reference.
  static String headingWithReference() {
    return ROWS_WITH_REFERENCE.heading();
  }

  public static String line(MeasuredRow row) {
    List<Object> cells =
        new ArrayList<>(
            List.of(
                row.row(),
                row.dimensions(),
                time(row.measured().seconds()),
                time(row.measured().firstSeconds()),
                rate(row.perSecond(), row.unit()),
                percent(row.ceilingShare()),
                Decimals.of(row.measured().cpuSeconds(), row.measured().cpuSeconds() < 10 ? 3 : 1),
                bytes(OptionalLong.of(row.measured().memory().heapBytes())),
                bytes(row.measured().memory().rssBytes())));
    row.reference().ifPresent(reference -> cells.add(Decimals.of(reference.ratio(), 2) + "x"));
    return (row.reference().isPresent() ? ROWS_WITH_REFERENCE : ROWS).row(cells.toArray());
  }

  /// The row as a bar of a picture.
  static ThroughputPicture.Bar bar(MeasuredRow row) {
    Measurement measured = row.measured();
    return new ThroughputPicture.Bar(
        row.row(),
        row.dimensions().toString(),
        row.ceilingShare(),
        rate(row.perSecond(), row.unit()),
        "%s, unseen %s".formatted(time(measured.seconds()), time(measured.firstSeconds())));
  }

  /// A duration with a fitting unit.
  static String time(double seconds) {
    double size = Math.abs(seconds);
    if (size >= 100) {
      return Decimals.of(seconds, 0) + " s";
    }
    return size >= 1
        ? Decimals.of(seconds, 2) + " s"
        : Decimals.of(seconds * 1e3, size >= 0.1 ? 0 : size >= 0.01 ? 1 : 2) + " ms";
  }

  static String rate(OptionalDouble perSecond, String unit) {
    if (perSecond.isEmpty()) {
      return "-";
    }
    double rate = perSecond.getAsDouble();
    return Decimals.of(rate, rate >= 100 ? 0 : rate >= 10 ? 1 : 2) + " " + unit;
  }

  static String percent(OptionalDouble share) {
    return share.isPresent() ? Decimals.of(100 * share.getAsDouble(), 1) + "%" : "-";
  }

  private static String bytes(OptionalLong bytes) {
    return bytes.isPresent() ? Decimals.of(bytes.getAsLong() / 1e9, 2) + "G" : "-";
  }
}
