package io.chronoscope.cli.bench.soak;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The service's own account of its memory: the gauges of its metrics.
///
/// @param heldBytes memory without a file by holder
/// @param residentBytes resident memory by origin; empty on systems other than Linux
record MemoryGauges(Map<String, Long> heldBytes, Map<String, Long> residentBytes) {

  private static final Pattern LINE =
      Pattern.compile(
          "chronoscope_memory_(held|resident)_bytes\\{[^}]*(?:holder|origin)=\"(\\w+)\"[^}]*\\} (\\S+)");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /// Asks the service.
  ///
  /// @param managementPort where it serves its metrics
  static MemoryGauges of(int managementPort) throws IOException {
    URI metrics = URI.create("http://localhost:" + managementPort + "/q/metrics");
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(metrics).timeout(Duration.ofSeconds(30)).build(),
              BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException("%s answers %d".formatted(metrics, response.statusCode()));
      }
      return parse(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading " + metrics, e);
    }
  }

  /// @param metrics in the text format of Prometheus
  /// @throws IllegalArgumentException when a gauge has no value
  static MemoryGauges parse(String metrics) {
    Map<String, Long> held = new TreeMap<>();
    Map<String, Long> resident = new TreeMap<>();
    metrics
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(line ->
            (line.group(1).equals("held") ? held : resident).put(line.group(2), bytes(line)));
    return new MemoryGauges(held, resident);
  }

  private static long bytes(MatchResult line) {
    double value = Double.parseDouble(line.group(3));
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("no value: " + line.group());
    }
    return Math.round(value);
  }

  /// Resident memory that is mapped from files.
  long fileBytes() {
    return residentBytes.entrySet().stream()
        .filter(part -> !part.getKey().equals("anonymous"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
