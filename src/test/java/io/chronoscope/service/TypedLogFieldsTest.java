package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.logging.json.runtime.JsonFormatter;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class TypedLogFieldsTest {

  @Test
  void numbersAreNumbersAndNamesStayText() throws Exception {
    TypedLogFields.isNumber("tookMs");
    TypedLogFields.isNumber("fps");
    ExtLogRecord record =
        new ExtLogRecord(Level.INFO, "window analyzed", TypedLogFieldsTest.class.getName());
    record.setMdc(Map.of("stream", "7", "tookMs", "412", "fps", "1.5", "reason", "n/a"));

    JsonNode line =
        new ObjectMapper().readTree(new TypedLogFields.Typed(new JsonFormatter()).format(record));

    assertThat(line.path("message").textValue()).isEqualTo("window analyzed");
    JsonNode fields = line.path("mdc");
    assertThat(fields.path("stream").textValue()).isEqualTo("7");
    assertThat(fields.path("tookMs").isIntegralNumber()).isTrue();
    assertThat(fields.path("tookMs").longValue()).isEqualTo(412);
    assertThat(fields.path("fps").doubleValue()).isEqualTo(1.5);
    assertThat(fields.path("reason").textValue()).isEqualTo("n/a");
  }
}
