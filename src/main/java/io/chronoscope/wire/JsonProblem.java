package io.chronoscope.wire;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Says which field of a JSON object cannot be mapped and why, in terms of JSON instead of Java.
final class JsonProblem {

  private JsonProblem() {}

  static String describe(ObjectNode json, JsonMappingException problem) {
    return switch (problem) {
      // A record refuses the combination of its components, and names them.
      case ValueInstantiationException refused when refused.getCause() != null ->
          String.valueOf(refused.getCause().getMessage());
      case MismatchedInputException mismatch ->
          field(problem) + reason(at(json, problem), mismatch.getTargetType());
      default -> field(problem) + reason(at(json, problem), null);
    };
  }

  private static String reason(JsonNode value, @Nullable Class<?> type) {
    if (value.isMissingNode() || value.isNull()) {
      return " is missing";
    }
    if (type == null || type == int.class || type == long.class || type == Integer.class) {
      return value.isIntegralNumber() && value.canConvertToLong()
          ? " is not a 32-bit number"
          : " is not a whole number";
    }
    if (type == double.class || type == Double.class) {
      return " is not a number";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return " is not a list";
    }
    if (value.isTextual() && type == Instant.class) {
      return " is not an RFC 3339 time: " + value.textValue();
    }
    if (value.isTextual() && type.isEnum()) {
      return " is unknown: " + value.textValue();
    }
    return type == String.class || type == Instant.class || type.isEnum()
        ? " is not a string"
        : " is not a JSON object";
  }

  private static String field(JsonMappingException problem) {
    StringBuilder field = new StringBuilder();
    for (Reference step : problem.getPath()) {
      if (step.getFieldName() == null) {
        field.append('[').append(step.getIndex()).append(']');
      } else {
        field.append(field.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return field.toString();
  }

  private static JsonNode at(ObjectNode json, JsonMappingException problem) {
    JsonNode node = json;
    for (Reference step : problem.getPath()) {
      JsonNode next =
          step.getFieldName() == null ? node.get(step.getIndex()) : node.get(step.getFieldName());
      node = next == null ? MissingNode.getInstance() : next;
    }
    return node;
  }
}
