package io.chronoscope.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.EnumNamingStrategies;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Maps Java records to the JSON objects on the topics and back: fields named as the components,
/// enum constants in lower case, times as in [Rfc3339], empty Optionals left away. Reading converts
/// nothing: a number is no string, 1.0 no whole number. What cannot be read is reported with the
/// field and the reason.
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(Rfc3339.module())
          .addModule(new FlatResults())
          .enumNamingStrategy(EnumNamingStrategies.SNAKE_CASE)
          .serializationInclusion(JsonInclude.Include.NON_ABSENT)
          // Only components are fields.
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfigDefaults(coercion ->
              coercion
                  .setAcceptBlankAsEmpty(true)
                  .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
          .withCoercionConfig(
              LogicalType.Textual,
              coercion -> {
                coercion.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                coercion.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                coercion.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
          .build();

  private Json() {}

  public static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /// The JSON object that a record is mapped to.
  public static ObjectNode write(Object value) {
    return MAPPER.valueToTree(value);
  }

  /// One line, UTF-8.
  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that cannot be written", e);
    }
  }

  /// @throws MalformedRecordException when `json` is not one JSON object
  public static ObjectNode parse(byte[] json) {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (IOException e) {
      throw new MalformedRecordException(
          "not JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedRecordException("the value is not a JSON object");
  }

  /// Maps what another version of this program may have written: fields that this one does not know
  /// are ignored, an optional field may be null.
  ///
  /// @throws MalformedRecordException naming the field and the reason
  public static <T> T read(ObjectNode json, Class<T> type) {
    try {
      return MAPPER.treeToValue(json, type);
    } catch (JsonMappingException e) {
      throw new MalformedRecordException(JsonProblem.describe(json, e), e);
    } catch (JsonProcessingException e) {
      throw new MalformedRecordException(e.getOriginalMessage(), e);
    }
  }

  /// Maps what other programs wrote against a schema of this one: neither unknown fields nor nulls.
  /// The components are the fields of the schema; those that are no Optionals are required.
  ///
  /// @throws MalformedRecordException naming the field and the reason
  static <T extends Record> T readStrictly(ObjectNode json, Class<T> type) {
    Set<String> known = new TreeSet<>();
    for (RecordComponent component : type.getRecordComponents()) {
      known.add(component.getName());
    }
    for (String field : json.propertyStream().map(Map.Entry::getKey).toList()) {
      if (!known.contains(field)) {
        throw new MalformedRecordException(
            "the field " + field + " is unknown; there are " + known);
      }
    }
    for (RecordComponent component : type.getRecordComponents()) {
      String field = component.getName();
      boolean absent = !json.has(field) && component.getType() == Optional.class;
      if (!absent && !json.hasNonNull(field)) {
        throw new MalformedRecordException(field + " is missing");
      }
    }
    return read(json, type);
  }

  /// An enum constant as JSON has it.
  public static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
