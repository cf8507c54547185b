package io.chronoscope.cli.chaos;

import io.chronoscope.client.CommittedResults;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Compares what was published with what is published undisturbed, record for record. Streams may
/// share their partition with others, so a chunk counts by its place in its stream.
///
/// @param streams whose records are compared; those of others may be anything, but not twice
record Comparison(Set<String> streams) {

  private static final Pattern OFFSET = Pattern.compile("\"offset\":(\\d+)");

  Comparison {
    streams = Set.copyOf(streams);
  }

  Observation compare(CommittedResults expected, CommittedResults actual) {
    long twice = actual.ids().size() - actual.ids().stream().distinct().count();
    if (twice > 0) {
      return new Observation.Broken(twice + " records published twice");
    }
    Map<String, List<String>> found = new TreeMap<>(actual.records());
    found.keySet().removeIf(key -> streams.stream().noneMatch(one -> key.endsWith(" of " + one)));
    Set<String> keys = new TreeSet<>(expected.records().keySet());
    keys.addAll(found.keySet());
    for (String key : keys) {
      List<String> wanted = withPlaces(key, expected.records());
      List<String> those = withPlaces(key, found);
      if (!wanted.equals(those)) {
        return new Observation.Broken(
            "%s: %d records instead of %d, %s"
                .formatted(key, those.size(), wanted.size(), firstDifference(wanted, those)));
      }
    }
    return new Observation.Holds("the same %d records".formatted(expected.count()));
  }

  /// The records of a topic and stream, with the rank of offsets among those that the stream names.
  private static List<String> withPlaces(String key, Map<String, List<String>> records) {
    String stream = key.substring(key.indexOf(" of "));
    List<String> offsets =
        records.entrySet().stream()
            .filter(of -> of.getKey().endsWith(stream))
            .flatMap(of -> of.getValue().stream())
            .flatMap(record -> OFFSET.matcher(record).results().map(found -> found.group(1)))
            .distinct()
            .sorted(Comparator.comparing(Long::valueOf))
            .toList();
    return records.getOrDefault(key, List.of()).stream()
        .map(record ->
            OFFSET
                .matcher(record)
                .replaceAll(found -> "\"offset\":" + offsets.indexOf(found.group(1))))
        .toList();
  }

  private static String firstDifference(List<String> wanted, List<String> found) {
    int same = 0;
    while (same < Math.min(wanted.size(), found.size())
        && wanted.get(same).equals(found.get(same))) {
      same++;
    }
    return "the first other one %s instead of %s"
        .formatted(
            same < found.size() ? found.get(same) : "(none)",
            same < wanted.size() ? wanted.get(same) : "(none)");
  }
}
