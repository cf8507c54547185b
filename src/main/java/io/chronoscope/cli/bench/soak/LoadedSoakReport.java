package io.chronoscope.cli.bench.soak;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.PictureFiles;
import io.chronoscope.cli.console.Table;
import io.chronoscope.render.ClockTime;
import io.chronoscope.render.MemoryPicture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// Prints and draws what a [LoadedSoak] measures, and judges how fast memory grows.
final class LoadedSoakReport implements LoadedSoak.Listener {

  /// Growth in an hour that counts as flat, in percent.
  static final double LIMIT_PERCENT_PER_HOUR = 2;

  /// Caches and pools fill, code is compiled: samples before this do not count.
  private static final Duration SETTLING = Duration.ofMinutes(30);

  private static final int SAMPLES_BETWEEN_PICTURES = 5;

  /// The same key as in the lines of a run by hours.
  private static final String LINE_TYPE = "hours";

  /// 85 columns.
  private static final Table SAMPLES =
      Table.empty()
          .figure("min", 4)
          .figure("RSS", 6)
          .figure("workers", 7)
          .figure("heap", 5)
          .figure("pixels", 6)
          .figure("embed", 5)
          .figure("prefix", 6)
          .figure("direct", 6)
          .figure("JVM", 5)
          .figure("native", 6)
          .figure("files", 5)
          .figure("v s/s", 5)
          .figure("behind", 6)
          .figure("cores", 5);

  /// A size whose growth is stated.
  private record Size(String name, ToLongFunction<MemorySample> bytes) {}

  private static final List<Size> SIZES =
      List.of(
          new Size("service", MemorySample::residentBytes),
          new Size("workers", MemorySample::workersBytes),
          new Size("together", MemorySample::togetherBytes));

  private final Output output;
  private final boolean json;
  private final int loadPercent;
  private final Duration planned;
  private final Optional<Path> picture;
  private final List<MemorySample> samples = new ArrayList<>();
  private Optional<LoadedSoak.Capacity> capacity = Optional.empty();

  /// @param json one object on a line for each figure instead of a table
  /// @param planned length of the load
  /// @param picture drawn at the end, and from time to time until then
  LoadedSoakReport(
      Output output, boolean json, int loadPercent, Duration planned, Optional<Path> picture) {
    this.output = output;
    this.json = json;
    this.loadPercent = loadPercent;
    this.planned = planned;
    this.picture = picture;
  }

  @Override
  public void warmUp(LoadedSoak.Capacity reached) {
    output.report(
        "warming up: %s s of video per second with %s cores"
            .formatted(Decimals.of(reached.videoPerSecond(), 1), Decimals.of(reached.cores(), 2)));
  }

  @Override
  public void capacity(LoadedSoak.Capacity measured) {
    capacity = Optional.of(measured);
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put(LINE_TYPE, "capacity");
      line.put("videoPerSecond", measured.videoPerSecond());
      line.put("cores", measured.cores());
      line.put("loadPercent", loadPercent);
      output.printJson(line);
      return;
    }
    output.print(
        "capacity %s s of video per second with %s cores; from here on %d %% of it; sizes in MiB"
            .formatted(
                Decimals.of(measured.videoPerSecond(), 1),
                Decimals.of(measured.cores(), 2),
                loadPercent));
    output.print(SAMPLES.heading());
  }

  @Override
  public void sample(MemorySample sample) {
    samples.add(sample);
    if (samples.size() % SAMPLES_BETWEEN_PICTURES == 0 && settled().size() >= 2) {
      picture.ifPresent(this::draw);
    }
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put(LINE_TYPE, "sample");
      line.put("sinceLoadMs", sample.sinceLoad().toMillis());
      line.put("residentBytes", sample.residentBytes());
      line.put("workersBytes", sample.workersBytes());
      line.put("heapBytes", sample.heapBytes());
      line.put("heldBytes", new TreeMap<>(sample.heldBytes()));
      line.put("fileBytes", sample.fileBytes());
      line.put("videoPerSecond", sample.videoPerSecond());
      line.put("behindMs", sample.behindMs());
      line.put("cores", sample.cores());
      output.printJson(line);
      return;
    }
    output.print(
        SAMPLES.row(
            sample.sinceLoad().toMinutes(),
            mebibytes(sample.residentBytes()),
            mebibytes(sample.workersBytes()),
            mebibytes(sample.heapBytes()),
            mebibytes(sample.held("pixels")),
            mebibytes(sample.held("embeddings")),
            mebibytes(sample.held("prefixes")),
            mebibytes(sample.held("direct")),
            mebibytes(sample.held("metaspace") + sample.held("code")),
            mebibytes(sample.held("native")),
            mebibytes(sample.fileBytes()),
            Decimals.of(sample.videoPerSecond(), 1),
            Decimals.of(sample.behindMs() / 1e3, 0),
            Decimals.of(sample.cores(), 2)));
  }

  private static String mebibytes(long bytes) {
    return Decimals.of(bytes / (double) (1 << 20), 1);
  }

  /// Prints how fast memory grew after it had settled.
  ///
  /// @param results of each stream
  /// @return whether the service, with its workers and without them, is flat
  boolean total(Map<String, SoakTally> results) {
    List<MemorySample> settled = settled();
    boolean flat = true;
    for (Size size : SIZES) {
      MemorySlope slope = MemorySlope.of(settled, size.bytes);
      boolean sizeIsFlat = slope.percentPerHour() <= LIMIT_PERCENT_PER_HOUR;
      // A worker that is replaced after a large chunk makes its size alone jump.
      flat &= sizeIsFlat || size.name.equals("workers");
      print(size.name, slope, settled, sizeIsFlat);
    }
    printResults(results);
    picture.ifPresent(file -> {
      draw(file);
      output.message("wrote " + file);
    });
    return flat;
  }

  private void print(String name, MemorySlope slope, List<MemorySample> settled, boolean flat) {
    if (json) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put(LINE_TYPE, "slope");
      line.put("of", name);
      line.put("fromMs", settled.getFirst().sinceLoad().toMillis());
      line.put("toMs", settled.getLast().sinceLoad().toMillis());
      line.put("samples", settled.size());
      line.put("startBytes", Math.round(slope.startBytes()));
      line.put("percentPerHour", slope.percentPerHour());
      line.put("limitPercentPerHour", LIMIT_PERCENT_PER_HOUR);
      line.put("flat", flat);
      output.printJson(line);
      return;
    }
    output.print(
        "%-8s %s %% an hour over %d samples from minute %d on, from %s MiB: %s (at most %s %%)"
            .formatted(
                name,
                Decimals.of(slope.percentPerHour(), 2),
                settled.size(),
                settled.getFirst().sinceLoad().toMinutes(),
                mebibytes(Math.round(slope.startBytes())),
                flat ? "flat" : "grows",
                Decimals.of(LIMIT_PERCENT_PER_HOUR, 0)));
  }

  private void printResults(Map<String, SoakTally> results) {
    Map<String, SoakTally> byStream = new TreeMap<>(results);
    if (json) {
      byStream.forEach((stream, tally) -> {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(LINE_TYPE, "stream");
        line.put("stream", stream);
        line.put("videoMs", tally.analyzedMs());
        line.putAll(tally.figures());
        output.printJson(line);
      });
      return;
    }
    byStream.forEach((stream, tally) ->
        output.print(
            "%s: %s of video, %d windows, gaps %s, dead letters %s"
                .formatted(
                    stream,
                    ClockTime.coarse(tally.analyzedMs()),
                    tally.windows(),
                    tally.figures().get("gaps"),
                    tally.figures().get("deadLetters"))));
  }

  /// The samples that count: those after the first half hour, in runs of less than two hours those
  /// after the first quarter.
  private List<MemorySample> settled() {
    Duration quarter = planned.dividedBy(4);
    Duration from = quarter.compareTo(SETTLING) < 0 ? quarter : SETTLING;
    return samples.stream().filter(sample -> sample.sinceLoad().compareTo(from) >= 0).toList();
  }

  /// Draws the sizes over time, of the service with its workers.
  private void draw(Path file) {
    List<MemorySample> settled = settled();
    MemorySlope slope = MemorySlope.of(settled, MemorySample::togetherBytes);
    List<MemoryPicture.Part> parts = new ArrayList<>();
    parts.add(part("Java heap", sample -> sample.held("heap")));
    parts.add(part("native", sample -> sample.held("native")));
    parts.add(part("JVM", sample -> sample.held("metaspace") + sample.held("code")));
    parts.add(part("direct", sample -> sample.held("direct")));
    parts.add(part("pixels", sample -> sample.held("pixels")));
    parts.add(part("embeddings", sample -> sample.held("embeddings")));
    parts.add(part("prefixes", sample -> sample.held("prefixes")));
    parts.add(part("files", MemorySample::fileBytes));
    parts.add(part("workers", MemorySample::workersBytes));
    PictureFiles.write(
        MemoryPicture.draw(
            "Resident memory at %d %% load".formatted(loadPercent),
            capacity
                .map(measured ->
                    "%s s of video per second; capacity %s"
                        .formatted(
                            Decimals.of(measured.videoPerSecond() * loadPercent / 100, 1),
                            Decimals.of(measured.videoPerSecond(), 1)))
                .orElse(""),
            samples.stream().map(sample -> sample.sinceLoad().toMillis()).toList(),
            parts,
            new MemoryPicture.Line(
                settled.getFirst().sinceLoad().toMillis(),
                slope.startBytes(),
                slope.percentPerHour(),
                LIMIT_PERCENT_PER_HOUR)),
        file);
  }

  private MemoryPicture.Part part(String name, ToLongFunction<MemorySample> bytes) {
    return new MemoryPicture.Part(name, samples.stream().map(bytes::applyAsLong).toList());
  }
}
