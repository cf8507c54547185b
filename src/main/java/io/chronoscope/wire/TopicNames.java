package io.chronoscope.wire;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The name in use for every [Topic].
public record TopicNames(Map<Topic, String> names) {

  public static final TopicNames DEFAULT = of(Topic::defaultName);

  /// @throws IllegalArgumentException when a topic has no name
  public TopicNames {
    Map<Topic, String> complete = new EnumMap<>(Topic.class);
    complete.putAll(names);
    for (Topic topic : Topic.values()) {
      if (complete.getOrDefault(topic, "").isBlank()) {
        throw new IllegalArgumentException("topic " + topic + " has no name");
      }
    }
    names = Collections.unmodifiableMap(complete);
  }

  /// @param name the name of each topic
  public static TopicNames of(Function<Topic, String> name) {
    Map<Topic, String> names = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      names.put(topic, name.apply(topic));
    }
    return new TopicNames(names);
  }

  public String of(Topic topic) {
    return names.getOrDefault(topic, "");
  }

  /// The name of the topic on which results of this type are published.
  public String of(ResultType type) {
    return of(type.topic());
  }

  /// The names of all topics of a kind, in the order of [Topic].
  public List<String> ofKind(Topic.Kind kind) {
    return names.entrySet().stream()
        .filter(topic -> topic.getKey().kind() == kind)
        .map(Map.Entry::getValue)
        .toList();
  }

  /// Whether `name` is the name of a topic of this kind.
  public boolean isOfKind(Topic.Kind kind, String name) {
    return ofKind(kind).contains(name);
  }

  /// All topics under other names.
  ///
  /// @param rename from the name in use to the other one
  public TopicNames renamed(UnaryOperator<String> rename) {
    return of(topic -> rename.apply(of(topic)));
  }

  /// The same with another name for one topic.
  public TopicNames with(Topic topic, String name) {
    return of(other -> other == topic ? name : of(other));
  }
}
