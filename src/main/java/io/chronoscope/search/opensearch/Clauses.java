package io.chronoscope.search.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;

/// The parts of OpenSearch's query language that the index uses.
final class Clauses {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Clauses() {}

  static ObjectNode object() {
    return NODES.objectNode();
  }

  /// An object of one field.
  static ObjectNode object(String field, JsonNode value) {
    return object().set(field, value);
  }

  static ArrayNode array(Collection<? extends JsonNode> some) {
    return NODES.arrayNode().addAll(some);
  }

  static ArrayNode strings(Collection<String> some) {
    ArrayNode array = NODES.arrayNode();
    some.forEach(array::add);
    return array;
  }

  static ObjectNode term(String field, String value) {
    return object("term", object().put(field, value));
  }

  static ObjectNode terms(String field, Collection<String> values) {
    return object("terms", object(field, strings(values)));
  }

  static ObjectNode ids(Collection<String> ids) {
    return object("ids", object("values", strings(ids)));
  }

  /// @param bounds of `gt`, `gte`, `lt`, `lte`
  static ObjectNode range(String field, ObjectNode bounds) {
    return object("range", object(field, bounds));
  }

  static ObjectNode atLeast(String field, long value) {
    return range(field, object().put("gte", value));
  }

  static ObjectNode below(String field, long value) {
    return range(field, object().put("lt", value));
  }

  static ObjectNode matchAll() {
    return object("match_all", object());
  }

  /// What passes all of the first and none of the second.
  static ObjectNode filter(List<ObjectNode> all, List<ObjectNode> none) {
    return object(
        "bool", object().<ObjectNode>set("filter", array(all)).set("must_not", array(none)));
  }

  static ObjectNode anyOf(List<ObjectNode> some) {
    return object("bool", object().put("minimum_should_match", 1).set("should", array(some)));
  }

  static ObjectNode sort(String field, String order) {
    return object(field, object().put("order", order));
  }
}
