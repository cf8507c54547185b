package io.chronoscope.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.domain.Result;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All published results, as a reader with `read_committed` sees them.
///
/// @param records by topic and stream, in their order, without their lag
/// @param ids of each record, with its revision if it has one
public record CommittedResults(Map<String, List<String>> records, List<String> ids) {

  public CommittedResults {
    records = Map.copyOf(records);
    ids = List.copyOf(ids);
  }

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @throws IllegalStateException when a record is no result
  public static CommittedResults read(Map<String, Object> kafka, TopicNames topics) {
    Map<String, List<String>> records = new TreeMap<>();
    List<String> ids = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      if (topic.kind() != Topic.Kind.ANALYSIS) {
        continue;
      }
      try (ResultReader reader =
          new ResultReader(kafka, List.of(topics.of(topic)), ResultReader.From.BEGINNING)) {
        reader.readToEnd(read -> {
          if (!(read instanceof Read.Published published)) {
            throw new IllegalStateException("a record that is no result: " + read);
          }
          Result result = published.result();
          records
              .computeIfAbsent(topic + " of " + result.stream(), of -> new ArrayList<>())
              .add(comparable((ObjectNode) published.json()));
          ids.add(identity(result));
        });
      }
    }
    return new CommittedResults(records, ids);
  }

  public int count() {
    return ids.size();
  }

  private static String identity(Result result) {
    String id = result.getClass().getSimpleName() + " " + result.id();
    return result instanceof Result.Revised revised ? id + "/" + revised.revision() : id;
  }

  /// The lag depends on the clock.
  private static String comparable(ObjectNode json) {
    if (json.get("sampling") instanceof ObjectNode sampling) {
      sampling.remove("lagMs");
    }
    return json.toString();
  }
}
