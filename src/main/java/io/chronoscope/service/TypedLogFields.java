package io.chronoscope.service;

import io.quarkus.bootstrap.logging.InitialConfigurator;
import io.quarkus.logging.json.runtime.JsonFormatter;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;

/// Log lines in JSON whose numbers are numbers: the log manager knows fields of a line (MDC) as
/// text only, so that nothing could sum or compare them.
@Singleton
final class TypedLogFields {

  private static final int BEFORE_EVERYTHING = 1;

  /// Fields whose values are numbers, whatever they look like: a stream may be called 7.
  private static final Set<String> NUMBERS = ConcurrentHashMap.newKeySet();

  /// Declares that the field is a number in every line.
  static void isNumber(String field) {
    NUMBERS.add(field);
  }

  void start(@Observes @Priority(BEFORE_EVERYTHING) StartupEvent event) {
    for (Handler handler : InitialConfigurator.DELAYED_HANDLER.getHandlers()) {
      if (handler.getFormatter() instanceof JsonFormatter json) {
        handler.setFormatter(new Typed(json));
      }
    }
  }

  /// Writes as the formatter that it replaces, except for numbers.
  static final class Typed extends JsonFormatter {

    Typed(JsonFormatter replaced) {
      setPrettyPrint(replaced.isPrettyPrint());
      setExcludedKeys(replaced.getExcludedKeys());
      setAdditionalFields(replaced.getAdditionalFields());
    }

    @Override
    protected Generator createGenerator(Writer writer) {
      return new TypedGenerator(super.createGenerator(writer));
    }

    private record TypedGenerator(Generator to) implements Generator {

      @Override
      public Generator begin() throws Exception {
        to.begin();
        return this;
      }

      @Override
      public Generator add(String key, int value) throws Exception {
        to.add(key, value);
        return this;
      }

      @Override
      public Generator add(String key, long value) throws Exception {
        to.add(key, value);
        return this;
      }

      @Override
      public Generator add(String key, Map<String, ?> value) throws Exception {
        to.add(key, value == null ? null : typed(value));
        return this;
      }

      @Override
      public Generator add(String key, String value) throws Exception {
        to.add(key, value);
        return this;
      }

      @Override
      public Generator startObject(String key) throws Exception {
        to.startObject(key);
        return this;
      }

      @Override
      public Generator endObject() throws Exception {
        to.endObject();
        return this;
      }

      @Override
      public Generator startArray(String key) throws Exception {
        to.startArray(key);
        return this;
      }

      @Override
      public Generator endArray() throws Exception {
        to.endArray();
        return this;
      }

      @Override
      public Generator end() throws Exception {
        to.end();
        return this;
      }

      private static Map<String, Object> typed(Map<String, ?> fields) {
        Map<String, Object> typed = new LinkedHashMap<>();
        fields.forEach((name, value) ->
            typed.put(
                name,
                value instanceof String text && NUMBERS.contains(name) ? number(text) : value));
        return typed;
      }

      private static Object number(String text) {
        try {
          return text.matches("-?\\d{1,18}") ? (Object) Long.valueOf(text) : Double.valueOf(text);
        } catch (NumberFormatException e) {
          return text;
        }
      }
    }
  }
}
