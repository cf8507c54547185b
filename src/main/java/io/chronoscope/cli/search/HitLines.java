package io.chronoscope.cli.search;

import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.LocalTimes;
import io.chronoscope.domain.PrintableText;
import io.chronoscope.render.Terminal;
import io.chronoscope.render.TextWidth;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Emphasis;
import io.chronoscope.search.SearchHit.Fragment;
import io.chronoscope.search.SearchHit.Grounding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Hits for people: when, where and how sure, then the text with what was searched for in bold, or
/// between asterisks where the output has no bold.
final class HitLines {

  private static final String INDENT = "    ";
  private static final int MAX_TEXT_LINES = 4;

  private final Terminal terminal;
  private final LocalTimes times;

  HitLines(Terminal terminal, LocalTimes times) {
    this.terminal = terminal;
    this.times = times;
  }

  List<String> of(int rank, SearchHit hit) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%2d  %s%s  %s  %s"
            .formatted(
                rank,
                times.span(hit.start(), hit.end()),
                tolerance(hit),
                PrintableText.of(hit.result().stream()),
                details(hit)));
    lines.addAll(text(hit.text()));
    return lines;
  }

  /// Empty for a result without one, such as a summary.
  private static String tolerance(SearchHit hit) {
    return hit.toleranceMs() == 0
        ? ""
        : " ±%s s".formatted(Decimals.of(hit.toleranceMs() / 1000.0, 2));
  }

  private static String details(SearchHit hit) {
    List<String> details = new ArrayList<>();
    details.add(
        hit.result()
            .level()
            .map(level -> level.name().toLowerCase(Locale.ROOT) + " summary")
            .orElse(hit.result().type().name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    hit.result()
        .status()
        .filter(status -> !status.isFinal())
        .ifPresent(status -> details.add(status.name().toLowerCase(Locale.ROOT)));
    details.add("fits " + Decimals.of(hit.score(), 2));
    hit.result()
        .confidence()
        .ifPresent(value -> details.add("confidence " + Decimals.of(value, 2)));
    hit.grounding().ifPresent(grounding -> details.add(words(grounding)));
    return String.join(", ", details);
  }

  private static String words(Grounding grounding) {
    return switch (grounding) {
      case Grounding.Confirmed yes ->
          "seen in the video (%s)".formatted(Decimals.of(yes.confidence(), 2));
      case Grounding.NotConfirmed no -> "not seen in the video";
      case Grounding.Unchecked unknown -> "not checked: " + unknown.reason();
    };
  }

  /// Wraps at spaces; emphasis does not count as width.
  private List<String> text(List<Fragment> fragments) {
    int width = terminal.columns() - INDENT.length();
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(INDENT);
    int used = 0;
    for (Fragment fragment : fragments) {
      for (String word : PrintableText.of(fragment.text()).split("(?<= )")) {
        if (used > 0 && used + TextWidth.of(word.stripTrailing()) > width) {
          lines.add(line.toString().stripTrailing());
          line = new StringBuilder(INDENT);
          used = 0;
        }
        line.append(fragment.emphasis() == Emphasis.MATCH ? bold(word) : word);
        used += TextWidth.of(word);
      }
    }
    lines.add(line.toString().stripTrailing());
    if (lines.size() > MAX_TEXT_LINES) {
      List<String> first = new ArrayList<>(lines.subList(0, MAX_TEXT_LINES));
      first.set(MAX_TEXT_LINES - 1, first.getLast() + " …");
      return first;
    }
    return lines;
  }

  private String bold(String word) {
    return terminal.color() ? "\u001b[1m" + word + "\u001b[0m" : "*" + word + "*";
  }
}
