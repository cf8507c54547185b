package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Schema;

/// JSON Schema, as files have it, as models of the OpenAPI document. Knows the keywords that the
/// files use, and fails on any other.
final class SchemaModels {

  private static final String DEFS = "#/$defs/";

  private SchemaModels() {}

  /// Schemas with definitions of their own; these become components, too, named after the schema
  /// and the definition.
  static Map<String, Schema> convert(Map<String, ObjectNode> schemas) {
    Map<String, Schema> models = new TreeMap<>();
    schemas.forEach((name, json) -> {
      models.put(name, convert(json, name));
      json.path("$defs")
          .properties()
          .forEach(definition ->
              models.put(name + "." + definition.getKey(), convert(definition.getValue(), name)));
    });
    return models;
  }

  static Schema convert(JsonNode json) {
    return convert(json, "");
  }

  private static Schema convert(JsonNode json, String owner) {
    Schema schema = OASFactory.createSchema();
    json.properties().forEach(keyword -> set(schema, keyword.getKey(), keyword.getValue(), owner));
    return schema;
  }

  private static void set(Schema schema, String keyword, JsonNode value, String owner) {
    switch (keyword) {
      case "$schema", "$id", "$defs" -> {}
      case "$ref" -> {
        String target = value.asText();
        schema.setRef(
            target.startsWith(DEFS)
                ? "#/components/schemas/" + owner + "." + target.substring(DEFS.length())
                : target);
      }
      case "title" -> schema.setTitle(value.asText());
      case "description" -> schema.setDescription(value.asText());
      case "type" -> {
        List<Schema.SchemaType> types = new ArrayList<>();
        if (value.isArray()) {
          value.forEach(one -> types.add(type(one)));
        } else {
          types.add(type(value));
        }
        schema.setType(types);
      }
      case "format" -> schema.setFormat(value.asText());
      case "pattern" -> schema.setPattern(value.asText());
      case "minLength" -> schema.setMinLength(value.asInt());
      case "maxLength" -> schema.setMaxLength(value.asInt());
      case "minItems" -> schema.setMinItems(value.asInt());
      case "maxItems" -> schema.setMaxItems(value.asInt());
      case "minimum" -> schema.setMinimum(new BigDecimal(value.asText()));
      case "maximum" -> schema.setMaximum(new BigDecimal(value.asText()));
      case "exclusiveMinimum" -> schema.setExclusiveMinimum(new BigDecimal(value.asText()));
      case "default" -> schema.setDefaultValue(plain(value));
      case "const" -> schema.setConstValue(plain(value));
      case "example" -> schema.setExamples(new ArrayList<>(List.of(plain(value))));
      case "enum" -> value.forEach(one -> schema.addEnumeration(plain(one)));
      case "required" -> value.forEach(one -> schema.addRequired(one.asText()));
      case "items" -> schema.setItems(convert(value, owner));
      case "oneOf" -> value.forEach(one -> schema.addOneOf(convert(one, owner)));
      case "properties" ->
          value
              .properties()
              .forEach(one -> schema.addProperty(one.getKey(), convert(one.getValue(), owner)));
      case "additionalProperties" ->
          schema.setAdditionalPropertiesSchema(
              value.isBoolean()
                  ? OASFactory.createSchema().booleanSchema(value.asBoolean())
                  : convert(value, owner));
      default -> throw new IllegalArgumentException("a schema has the unknown keyword " + keyword);
    }
  }

  private static Schema.SchemaType type(JsonNode name) {
    return Schema.SchemaType.valueOf(name.asText().toUpperCase(Locale.ROOT));
  }

  /// A value without Jackson's types.
  static Object plain(JsonNode value) {
    if (value.isObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      value.properties().forEach(one -> map.put(one.getKey(), plain(one.getValue())));
      return map;
    }
    if (value.isArray()) {
      List<Object> list = new ArrayList<>();
      value.forEach(one -> list.add(plain(one)));
      return list;
    }
    if (value.isNumber()) {
      return value.isIntegralNumber() ? (Object) value.longValue() : value.decimalValue();
    }
    return value.isBoolean() ? (Object) value.asBoolean() : value.asText();
  }
}
