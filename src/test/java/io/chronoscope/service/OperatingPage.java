package io.chronoscope.service;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The metrics in the operators' documentation and on their dashboard, to compare with those of a
/// running service.
final class OperatingPage {

  private static final Pattern METRIC = Pattern.compile("\\bchronoscope_\\w+");
  private static final List<Path> PAGES =
      List.of(
          Path.of("docs/operating.md"),
          Path.of("docs/alerts.yaml"),
          Path.of("k8s/components/monitoring/dashboard.json"));

  private OperatingPage() {}

  /// The metrics that the page, the alerting rules and the dashboard mention.
  static Set<String> documentedMetrics() throws IOException {
    Set<String> named = new TreeSet<>();
    for (Path page : PAGES) {
      named.addAll(metrics(Files.readString(page)));
    }
    return named;
  }

  /// The metrics that a service exposes, including the series of histograms.
  static Set<String> exposedMetrics(int port) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return metrics(
          http.send(
                  HttpRequest.newBuilder(
                          URI.create("http://localhost:%d/q/metrics".formatted(port)))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    }
  }

  /// The metrics of a scrape that have no help text, those of libraries included.
  static Set<String> withoutHelp(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.startsWith("# HELP "))
        .map(line -> line.split(" ", 4))
        .filter(parts -> parts.length < 4 || parts[3].isBlank())
        .map(parts -> parts[2])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> metrics(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
