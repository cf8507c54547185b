package io.chronoscope.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/// Times as text, RFC 3339. Written in UTC with three fractional digits, or six where three lose
/// precision; read with any offset.
public final class Rfc3339 {

  private static final DateTimeFormatter MILLIS = withFraction(3);
  private static final DateTimeFormatter MICROS = withFraction(6);

  private Rfc3339() {}

  public static String format(Instant instant) {
    boolean wholeMillis = instant.getNano() % 1_000_000 == 0;
    return (wholeMillis ? MILLIS : MICROS).format(instant);
  }

  /// @throws DateTimeException when `text` is not an RFC 3339 time
  public static Instant parse(String text) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
  }

  private static DateTimeFormatter withFraction(int digits) {
    return new DateTimeFormatterBuilder()
        .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
        .appendFraction(ChronoField.NANO_OF_SECOND, digits, digits, true)
        .appendLiteral('Z')
        .toFormatter(Locale.ROOT)
        .withZone(ZoneOffset.UTC);
  }

  /// Maps every [Instant] to such a text.
  static SimpleModule module() {
    return new SimpleModule("rfc3339")
        .addSerializer(Instant.class, new Serializer())
        .addDeserializer(Instant.class, new Deserializer());
  }

  private static final class Serializer extends StdSerializer<Instant> {

    private static final long serialVersionUID = 1L;

    Serializer() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(format(value));
    }
  }

  private static final class Deserializer extends StdDeserializer<Instant> {

    private static final long serialVersionUID = 1L;

    Deserializer() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (!in.hasToken(JsonToken.VALUE_STRING)) {
        return (Instant) context.handleUnexpectedToken(Instant.class, in);
      }
      try {
        return parse(in.getText());
      } catch (DateTimeException e) {
        throw context.weirdStringException(in.getText(), Instant.class, e.getMessage());
      }
    }
  }
}
