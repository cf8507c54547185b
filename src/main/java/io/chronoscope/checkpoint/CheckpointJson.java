package io.chronoscope.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A JSON object in one of a checkpoint's files, with typed access to its keys. Every error is a
/// [CheckpointException] that names the file and the key.
final class CheckpointJson {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MAX_FILE_BYTES = 64L << 20;

  private final Path file;
  private final String prefix;
  private final JsonNode object;

  private CheckpointJson(Path file, String prefix, JsonNode object) {
    this.file = file;
    this.prefix = prefix;
    this.object = object;
  }

  /// @throws CheckpointException when the file is missing, too large or not a JSON object
  static CheckpointJson read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "file is missing");
    }
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new CheckpointException(
            file, "file is larger than the limit of " + MAX_FILE_BYTES + " bytes");
      }
      return parse(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  static Optional<CheckpointJson> readIfPresent(Path file) {
    return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
  }

  static CheckpointJson parse(Path file, byte[] json) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JacksonException e) {
      throw new CheckpointException(file, "is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException(file, "is not JSON: " + e.getMessage(), e);
    }
    if (node == null || !node.isObject()) {
      throw new CheckpointException(file, "is not a JSON object");
    }
    return new CheckpointJson(file, "", node);
  }

  Path file() {
    return file;
  }

  /// Keys with a value other than null.
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    object.properties().forEach(entry -> keys.add(entry.getKey()));
    keys.removeIf(key -> !has(key));
    return keys;
  }

  /// @throws CheckpointException when there is a key that is not known
  void requireKeys(Set<String> known) {
    for (String key : keys()) {
      if (!known.contains(key)) {
        throw invalid(key, "is unknown; known are " + new TreeSet<>(known));
      }
    }
  }

  boolean has(String key) {
    return object.hasNonNull(key);
  }

  Optional<CheckpointJson> object(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      throw invalid(key, "is not an object but " + value);
    }
    return Optional.of(new CheckpointJson(file, prefix + key + ".", value));
  }

  OptionalLong integerIfPresent(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return OptionalLong.empty();
    }
    // Some tools write integers as 3136.0.
    if (!value.isNumber() || value.doubleValue() != value.longValue()) {
      throw invalid(key, "is not an integer but " + value);
    }
    return OptionalLong.of(value.longValue());
  }

  long integer(String key) {
    return integerIfPresent(key).orElseThrow(() -> invalid(key, "is missing"));
  }

  int positiveInteger(String key) {
    return positiveUpTo(Integer.MAX_VALUE, key);
  }

  int positiveUpTo(int most, String key) {
    long value = integer(key);
    if (value <= 0) {
      throw invalid(key, "is " + value + ", not a positive number");
    }
    if (value > most) {
      throw invalid(key, "is %d; the most is %d".formatted(value, most));
    }
    return (int) value;
  }

  int positiveUpTo(int most, String key, int absent) {
    return has(key) ? positiveUpTo(most, key) : absent;
  }

  int positiveInteger(String key, int absent) {
    return has(key) ? positiveInteger(key) : absent;
  }

  OptionalDouble numberIfPresent(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return OptionalDouble.empty();
    }
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw invalid(key, "is not a number but " + value);
    }
    return OptionalDouble.of(value.doubleValue());
  }

  OptionalDouble positiveNumberIfPresent(String key) {
    OptionalDouble value = numberIfPresent(key);
    if (value.isPresent() && value.getAsDouble() <= 0) {
      throw invalid(key, "is " + value.getAsDouble() + ", not a positive number");
    }
    return value;
  }

  double positiveNumber(String key, double absent) {
    return positiveNumberIfPresent(key).orElse(absent);
  }

  boolean flag(String key, boolean absent) {
    JsonNode value = value(key);
    if (value == null) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw invalid(key, "is not true or false but " + value);
    }
    return value.booleanValue();
  }

  Optional<String> text(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw invalid(key, "is not a string but " + value);
    }
    return Optional.of(value.textValue());
  }

  Optional<List<Integer>> integers(String key) {
    return list(key, JsonNode::canConvertToInt, "integers")
        .map(nodes -> nodes.stream().map(JsonNode::intValue).toList());
  }

  Optional<List<Double>> numbers(String key) {
    return list(key, JsonNode::isNumber, "numbers")
        .map(nodes -> nodes.stream().map(JsonNode::doubleValue).toList());
  }

  Optional<List<String>> texts(String key) {
    return list(key, JsonNode::isTextual, "strings")
        .map(nodes -> nodes.stream().map(JsonNode::textValue).toList());
  }

  /// An integer, or an array of integers, as a list; empty when the key is absent.
  List<Integer> oneOrMoreIntegers(String key) {
    JsonNode value = value(key);
    return value != null && value.canConvertToInt()
        ? List.of(value.intValue())
        : integers(key).orElse(List.of());
  }

  /// The value as JSON, for messages.
  String raw(String key) {
    return String.valueOf(object.get(key));
  }

  CheckpointException invalid(String key, String problem) {
    return new CheckpointException(file, "key " + prefix + key + " " + problem);
  }

  CheckpointException unsupported(String key, String supported) {
    return invalid(key, "is " + raw(key) + ", which is not supported (only " + supported + ")");
  }

  private Optional<List<JsonNode>> list(String key, Predicate<JsonNode> fits, String kind) {
    JsonNode value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    List<JsonNode> nodes = new ArrayList<>();
    value.forEach(nodes::add);
    if (!value.isArray() || !nodes.stream().allMatch(fits)) {
      throw invalid(key, "is not a list of " + kind + " but " + value);
    }
    return Optional.of(nodes);
  }

  private @Nullable JsonNode value(String key) {
    return has(key) ? object.get(key) : null;
  }
}
