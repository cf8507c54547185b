package io.chronoscope.cli.events;

import static io.chronoscope.testing.SampleResults.alert;
import static io.chronoscope.testing.SampleResults.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.render.Terminal;
import io.chronoscope.testing.SampleResults;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowTableTest {

  private final ResultRow row = new ResultRow(new LocalTimes(ZoneOffset.UTC));

  @Test
  void alignsAndWrapsAtEightyColumns() {
    List<String> lines =
        row.of(event("gate", "evt-0123456789abcdef", 1, Status.OPEN, 15, 18, "word ".repeat(40)))
            .orElseThrow();

    assertThat(lines.getFirst())
        .startsWith("evt-01234567  open       2026-05-04 12:00:15 – …  ")
        .endsWith("  –  gate");
    assertThat(lines).hasSizeGreaterThan(3).allMatch(line -> line.length() <= 80);
    assertThat(lines.get(1)).startsWith("    word");
    assertThat(row.of(alert("gate", "alr-1", "rule", 0.934, 1, 2, "x")).orElseThrow().getFirst())
        .contains("0.93")
        .contains("2026-05-04 12:00:01 – 12:00:02");
  }

  @Test
  void controlCharactersOfAStreamNeverReachTheTerminal() {
    assertThat(row.of(event("a\u001b[2Jb\n", "evt-1", 1, 2, "x\u0007")).orElseThrow())
        .allMatch(line -> line.chars().noneMatch(Character::isISOControl));
  }

  @Test
  void rewritesTheRowOfAnEvent() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LiveRows rows = new LiveRows(new PrintStream(out, true, UTF_8), new Terminal(80, true, true));
    rows.put("1", List.of("one, open"));
    rows.put("2", List.of("two"));
    rows.put("1", List.of("one, closed"));

    assertThat(out.toString(UTF_8))
        .isEqualTo(
            "one, open\n"
                + "\u001b[1A\u001b[Jone, open\ntwo\n"
                + "\u001b[2A\u001b[Jone, closed\ntwo\n");
  }

  @Test
  void writesEachChangeWhereRowsCannotBeRewritten() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LiveRows rows = new LiveRows(new PrintStream(out, true, UTF_8), Terminal.NONE);
    rows.put("1", List.of("open"));
    rows.put("1", List.of("closed"));

    assertThat(out.toString(UTF_8)).isEqualTo("open\nclosed\n");
  }

  @Test
  void keepsRecordingsOfOneStreamApart() {
    Recordings recordings = new Recordings();
    recordings.add(event("gate", "evt-1", 1, 2, "first"));
    var later = event("gate", "evt-2", 1, 2, "second");
    recordings.add(
        new VideoEvent(
            "evt-2",
            1,
            Status.CLOSED,
            "gate",
            new TimeSpan(SampleResults.at(7201), SampleResults.at(7202), 1000, 2000),
            250,
            "second",
            later.provenance(),
            List.of()));

    assertThat(recordings.all())
        .extracting(one -> one.name(new LocalTimes(ZoneOffset.UTC)))
        .containsExactly("gate  2026-05-04 12:00:00", "gate  2026-05-04 14:00:00");
  }
}
