package io.chronoscope.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.render.StreamTimeline.Invented;
import io.chronoscope.render.StreamTimeline.Missed;
import io.chronoscope.render.StreamTimeline.Reported;
import io.chronoscope.render.StreamTimeline.Row;
import io.chronoscope.render.StreamTimeline.TrueSpan;
import io.chronoscope.render.StreamTimeline.Unseen;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimelineTextTest {

  private static final Reported EVENT =
      Reported.closed(
          5_000,
          10_000,
          250,
          "A red circle appears.",
          Optional.of(new TrueSpan(4_900, 9_000, 0.8)));

  @Test
  void drawsTheBarAtTheTimesOfTheEvent() {
    List<String> lines = draw(100, false, EVENT);

    String bar = lines.get(3);
    int cells = lines.get(2).strip().length();
    assertThat(bar.substring(2, 2 + cells).indexOf('█')).isEqualTo(cells / 4);
    assertThat(bar.substring(2, 2 + cells).lastIndexOf('█')).isBetween(cells / 2 - 2, cells / 2);
    assertThat(bar).contains("00:05.00 – 00:10.00 ±0.25").endsWith("A red circle appears.");
    assertThat(lines.get(4)).contains("╌╌").endsWith("00:04.90 – 00:09.00 IoU 0.80");
  }

  @Test
  void staysWithinTheWidthOfTheTerminal() {
    Row wordy =
        new Reported(0, 19_000, 250, "word ".repeat(40).strip(), true, Optional.of(new Invented()));
    for (int width : new int[] {70, 100, 180}) {
      assertThat(draw(width, false, EVENT, wordy, new Missed(1, 2, "A blue cross appears.")))
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
    }
  }

  @Test
  void drawsEvenTheShortestEvent() {
    Reported blink = Reported.closed(19_990, 20_000, 0, "A flash.", Optional.empty());

    assertThat(draw(100, false, blink).get(3).strip()).matches("[▏▐] .*");
  }

  @Test
  void labelsNoSecondTwice() {
    Reported event = Reported.closed(0, 1_500, 250, "A flash.", Optional.empty());

    List<String> lines =
        new TimelineText(new Terminal(180, false, false))
            .draw(new StreamTimeline("yard", 1_500, "", List.of(event), ""));

    assertThat(lines.get(1).strip().split(" +")).containsExactly("00:00", "00:01");
  }

  @Test
  void marksInventedAndMissedEvents() {
    Reported invented = Reported.closed(1_000, 2_000, 250, "A ghost.", Optional.of(new Invented()));

    String all = String.join("\n", draw(100, false, invented, new Missed(3_000, 4_000, "A cat.")));

    assertThat(all).contains("A ghost. ✗").contains("no such true event");
    assertThat(all).contains("00:03.00 – 00:04.00 missed").contains("A cat.");
  }

  @Test
  void shadesGaps() {
    Unseen unseen = new Unseen(10_000, 15_000, "not analyzed: too far behind");

    List<String> lines = draw(100, false, unseen);

    assertThat(lines).anyMatch(line -> line.endsWith("no events in the analyzed parts"));
    String bar = lines.stream().filter(line -> line.contains("░")).findFirst().orElseThrow();
    int cells =
        lines.stream().filter(l -> l.contains("├")).findFirst().orElseThrow().strip().length();
    assertThat(bar.substring(2).indexOf('░')).isBetween(cells / 2, cells / 2 + 1);
    assertThat(bar).contains("00:10.00 – 00:15.00").endsWith("not analyzed: too far behind");
    assertThat(draw(100, false, EVENT, unseen)).noneMatch(line -> line.contains("no events"));
  }

  @Test
  void drawsALongStreamInSections() {
    List<Row> rows =
        List.of(
            Reported.closed(5_000, 10_000, 0, "A red circle.", Optional.empty()),
            Reported.closed(55_000, 70_000, 0, "A blue cross.", Optional.empty()),
            Reported.closed(185_000, 190_000, 0, "A cat.", Optional.empty()));

    List<String> lines =
        new TimelineText(new Terminal(100, false, false))
            .draw(new StreamTimeline("yard", 200_000, "", rows, "word ".repeat(500)));

    assertThat(lines.stream().filter(line -> line.contains("├"))).hasSize(2);
    assertThat(lines.stream().filter(line -> line.contains("03:00"))).hasSize(1);
    assertThat(lines.stream().filter(line -> line.contains("│"))).hasSize(4);
    assertThat(lines).anyMatch(line -> line.endsWith("A cat."));
  }

  @Test
  void usesColorOnlyWhereItIsWanted() {
    assertThat(draw(100, false, EVENT)).noneMatch(line -> line.contains("\033"));
    assertThat(draw(100, true, EVENT)).anyMatch(line -> line.contains("\033[38;5;203m"));
    assertThat(Terminal.of(true, "", Map.of("NO_COLOR", "1")).color()).isFalse();
    assertThat(Terminal.of(true, "132", Map.of())).isEqualTo(new Terminal(132, true, true));
    assertThat(Terminal.of(false, "132", Map.of()).live()).isFalse();
  }

  @Test
  void formatsTimesAsTheModelDoes() {
    assertThat(ClockTime.precise(61_234)).isEqualTo("01:01.23");
    assertThat(ClockTime.precise(3_599_999)).isEqualTo("1:00:00.00");
    assertThat(ClockTime.coarse(3_725_000)).isEqualTo("1:02:05");
  }

  private static List<String> draw(int columns, boolean color, Row... rows) {
    return new TimelineText(new Terminal(columns, color, false))
        .draw(new StreamTimeline("yard", 20_000, "2 fps", List.of(rows), "A summary."));
  }
}
