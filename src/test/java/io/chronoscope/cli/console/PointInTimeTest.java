package io.chronoscope.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class PointInTimeTest {

  private final PointInTime times =
      new PointInTime(Clock.fixed(Instant.parse("2026-05-04T11:00:00Z"), ZoneId.of("+02:00")));

  private void parses(String text, String expected) {
    assertThat(times.convert(text)).as(text).isEqualTo(Instant.parse(expected));
  }

  @Test
  void parsesTimesAsPeopleWriteThem() {
    parses("now", "2026-05-04T11:00:00Z");
    parses("12:00", "2026-05-04T10:00:00Z");
    parses("12:00:30.5", "2026-05-04T10:00:30.5Z");
    parses("14:00", "2026-05-03T12:00:00Z");
    parses("10m", "2026-05-04T10:50:00Z");
    parses("-10m", "2026-05-04T10:50:00Z");
    parses("1h30m", "2026-05-04T09:30:00Z");
    parses("3d", "2026-05-01T11:00:00Z");
    parses("PT2H", "2026-05-04T09:00:00Z");
    parses("2026-05-02", "2026-05-01T22:00:00Z");
    parses("2026-05-02 06:30", "2026-05-02T04:30:00Z");
    parses("2026-05-02T06:30:00Z", "2026-05-02T06:30:00Z");
    parses("2026-05-02T06:30:00-05:00", "2026-05-02T11:30:00Z");
  }

  @Test
  void namesWhatIsNoTime() {
    for (String text : new String[] {"", "-", "noon", "25:00", "10", "10x", "2026-13-01"}) {
      assertThatThrownBy(() -> times.convert(text))
          .as(text)
          .isInstanceOf(TypeConversionException.class)
          .hasMessageContaining("'" + text + "'");
    }
  }
}
