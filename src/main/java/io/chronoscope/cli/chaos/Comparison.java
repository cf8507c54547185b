package io.chronoscope.cli.chaos;

import io.chronoscope.client.CommittedResults;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Compares what was published with what is published undisturbed, record for record.
///
/// @param streams whose records are compared; those of others may be anything, but not twice
record Comparison(Set<String> streams) {

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
      List<String> wanted = expected.records().getOrDefault(key, List.of());
      List<String> those = found.getOrDefault(key, List.of());
      if (!wanted.equals(those)) {
        return new Observation.Broken(
            "%s: %d records instead of %d, %s"
                .formatted(key, those.size(), wanted.size(), firstDifference(wanted, those)));
      }
    }
    return new Observation.Holds("the same %d records".formatted(expected.count()));
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
