package io.chronoscope.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A JSON object read field by field, where every complaint names the field. Also how times are
/// written: RFC 3339 in UTC, with three digits of a second, or six where three do not hold it.
public final class JsonFields {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final DateTimeFormatter MILLIS = rfc3339(3);
  private static final DateTimeFormatter MICROS = rfc3339(6);

  private final JsonNode object;
  private final String path;

  private JsonFields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /// @throws MalformedRecordException when `json` is not one JSON object
  public static JsonFields parse(byte[] json) {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (IOException e) {
      throw new MalformedRecordException(
          "not JSON: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
    return of(node, "");
  }

  private static JsonFields of(@Nullable JsonNode node, String path) {
    if (node == null || !node.isObject()) {
      throw new MalformedRecordException(
          (path.isEmpty() ? "the value" : path) + " is not a JSON object");
    }
    return new JsonFields(node, path);
  }

  public static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /// One line, UTF-8.
  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that cannot be written", e);
    }
  }

  public static String time(Instant instant) {
    boolean wholeMillis = instant.getNano() % 1_000_000 == 0;
    return (wholeMillis ? MILLIS : MICROS).format(instant);
  }

  /// The object itself.
  public JsonNode node() {
    return object;
  }

  /// @throws MalformedRecordException when there is another field; names it
  void haveOnly(Set<String> known) {
    object
        .fieldNames()
        .forEachRemaining(name -> {
          if (!known.contains(name)) {
            throw new MalformedRecordException(
                "the field " + name + " is unknown; there are " + known);
          }
        });
  }

  public boolean has(String field) {
    return object.hasNonNull(field);
  }

  /// A field that may be absent.
  ///
  /// @param read reads it when it is there
  public <T> Optional<T> ifThere(String field, Function<String, T> read) {
    return has(field) ? Optional.of(read.apply(field)) : Optional.empty();
  }

  public String text(String field) {
    JsonNode value = required(field);
    if (!value.isTextual()) {
      throw wrong(field, "a string");
    }
    return value.textValue();
  }

  public long number(String field) {
    JsonNode value = required(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(field, "a whole number");
    }
    return value.longValue();
  }

  public int integer(String field) {
    long value = number(field);
    if (value != (int) value) {
      throw wrong(field, "a 32-bit number");
    }
    return (int) value;
  }

  public double decimal(String field) {
    JsonNode value = required(field);
    if (!value.isNumber()) {
      throw wrong(field, "a number");
    }
    return value.doubleValue();
  }

  public Instant instant(String field) {
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text(field), Instant::from);
    } catch (DateTimeException e) {
      throw new MalformedRecordException(
          name(field) + " is not an RFC 3339 time: " + text(field), e);
    }
  }

  /// A constant of an enum, written in small letters.
  public <E extends Enum<E>> E constant(Class<E> type, String field) {
    String text = text(field);
    for (E constant : type.getEnumConstants()) {
      if (written(constant).equals(text)) {
        return constant;
      }
    }
    throw new MalformedRecordException(name(field) + " is unknown: " + text);
  }

  public static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  public JsonFields object(String field) {
    return of(required(field), name(field));
  }

  public <T> List<T> objects(String field, Function<JsonFields, T> read) {
    List<T> list = new ArrayList<>();
    for (JsonNode element : array(field)) {
      list.add(read.apply(of(element, name(field) + "[" + list.size() + "]")));
    }
    return list;
  }

  public List<String> texts(String field) {
    List<String> list = new ArrayList<>();
    for (JsonNode element : array(field)) {
      if (!element.isTextual()) {
        throw wrong(field, "a list of strings");
      }
      list.add(element.textValue());
    }
    return list;
  }

  private JsonNode array(String field) {
    JsonNode value = required(field);
    if (!value.isArray()) {
      throw wrong(field, "a list");
    }
    return value;
  }

  private JsonNode required(String field) {
    JsonNode value = object.get(field);
    if (value == null || value.isNull()) {
      throw new MalformedRecordException(name(field) + " is missing");
    }
    return value;
  }

  private MalformedRecordException wrong(String field, String expected) {
    return new MalformedRecordException(name(field) + " is not " + expected);
  }

  private String name(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private static DateTimeFormatter rfc3339(int digits) {
    return new DateTimeFormatterBuilder()
        .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
        .appendFraction(ChronoField.NANO_OF_SECOND, digits, digits, true)
        .appendLiteral('Z')
        .toFormatter(Locale.ROOT)
        .withZone(ZoneOffset.UTC);
  }
}
