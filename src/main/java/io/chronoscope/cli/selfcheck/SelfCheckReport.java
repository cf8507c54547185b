package io.chronoscope.cli.selfcheck;

import io.chronoscope.cli.bench.engine.EngineTable;
import io.chronoscope.cli.bench.engine.MeasuredRow;
import io.chronoscope.cli.console.Decimals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The result of a self-check.
///
/// @param device as on the command line
/// @param parity each golden case in each precision
/// @param rows of the engine benchmark
/// @param dropped rows and cases that there was no time for
record SelfCheckReport(
    MachineFacts machine,
    String device,
    List<Parity> parity,
    String shape,
    List<MeasuredRow> rows,
    List<String> dropped,
    double seconds) {

  boolean passed() {
    return !parity.isEmpty() && parity.stream().allMatch(Parity::passed);
  }

  /// The report as a page for people.
  List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("# Self-check: " + (passed() ? "passed" : "failed"));
    lines.add("");
    lines.add(
        "%s, %d cores, %s GB memory, load average %s; %s"
            .formatted(
                machine.processor().orElse(machine.system()),
                machine.cores(),
                Decimals.of(machine.memoryBytes() / 1e9, 0),
                Decimals.of(machine.loadAverage(), 1),
                machine.gpu().map(gpu -> "GPU " + gpu).orElse("no GPU")));
    lines.add("");
    lines.add(
        "%s, chronoscope %s, Java %s, device `%s`, %s s in all"
            .formatted(
                machine.system(),
                machine.chronoscope(),
                machine.java(),
                device,
                Decimals.of(seconds, 0)));
    lines.add("");
    lines.add("## Parity with the reference in FP32");
    lines.add("");
    lines.add(
        "| case | precision | encoder, largest | cosine | logits, largest | equal tokens | |");
    lines.add("|---|---|---|---|---|---|---|");
    for (Parity one : parity) {
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.1e | %.6f | %.1e | %d of %d | %s |",
              one.golden(),
              one.precision(),
              one.encoderDifference(),
              one.encoderCosine(),
              one.logitDifference(),
              one.equalTokens(),
              one.tokens(),
              one.passed() ? "passed" : "**failed**"));
    }
    lines.add("");
    lines.add("## Engine, shape %s".formatted(shape));
    lines.add("");
    lines.add("```");
    lines.add(EngineTable.heading());
    rows.forEach(row -> lines.add(EngineTable.line(row)));
    lines.add("```");
    if (!dropped.isEmpty()) {
      lines.add("");
      lines.add("No time was left for: " + String.join(", ", dropped));
    }
    return lines;
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("passed", passed());
    json.put("machine", machine);
    json.put("device", device);
    json.put("parity", parity);
    json.put("shape", shape);
    json.put("rows", rows.stream().map(MeasuredRow::toJson).toList());
    json.put("dropped", dropped);
    json.put("seconds", seconds);
    return json;
  }
}
