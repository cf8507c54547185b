package io.chronoscope.analysis.summary;

import static io.chronoscope.analysis.summary.RetainedSummaries.HOUR_MICROS;
import static io.chronoscope.analysis.summary.RetainedSummaries.MINUTE_MICROS;

import io.chronoscope.analysis.StableIds;
import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.analysis.summary.Summarizer.Part;
import io.chronoscope.analysis.summary.SummaryTree.Window;
import io.chronoscope.domain.Sampling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Builds the summaries of a [SummaryTree] from their parts: text, time range, sampling, revision
/// and digest.
final class SummaryBuilder {

  // Summaries are published in full; these limits apply to what is retained for the level above.
  private static final int MINUTE_CHARS = 240;
  private static final int HOUR_CHARS = 1_200;
  // For all windows of a minute together, and for each of them at least.
  private static final int WINDOWS_CHARS = 8_000;
  private static final int MIN_WINDOW_CHARS = 320;

  private final Summarizer summarizer;
  private final int windowChars;

  /// @param stride from the start of one window to that of the next
  SummaryBuilder(Summarizer summarizer, Duration stride) {
    this.summarizer = summarizer;
    this.windowChars =
        (int)
            Math.clamp(
                WINDOWS_CHARS * stride.toMillis() * 1000 / MINUTE_MICROS,
                MIN_WINDOW_CHARS,
                SummaryText.MAX_CHARS);
  }

  /// A summary as retained, with its full text.
  record Built(PublishedSummary summary, String text) {}

  /// @param before the window's summary so far
  PublishedSummary window(Window window, @Nullable PublishedSummary before) {
    Sampling sampling = window.sampling();
    return new PublishedSummary(
        window.number(),
        nextRevision(before),
        window.beginsMicros(),
        window.startMicros(),
        window.endMicros(),
        SummaryText.clip(window.text(), windowChars),
        sampling,
        StableIds.of(
            "d",
            window.startMicros(),
            window.endMicros(),
            window.text(),
            window.restsOn(),
            sampling.framesSeen(),
            sampling.fps()),
        List.of());
  }

  Built minute(
      long number,
      @Nullable PublishedSummary before,
      List<PublishedSummary> parts,
      List<Long> numbers) {
    return combined(number, before, parts, numbers, MINUTE_MICROS, MINUTE_CHARS);
  }

  Built hour(
      long number,
      @Nullable PublishedSummary before,
      List<PublishedSummary> parts,
      List<Long> numbers) {
    return combined(number, before, parts, numbers, HOUR_MICROS, HOUR_CHARS);
  }

  private Built combined(
      long number,
      @Nullable PublishedSummary before,
      List<PublishedSummary> parts,
      List<Long> numbers,
      long lengthMicros,
      int retainedChars) {
    String text = text(parts);
    return new Built(
        new PublishedSummary(
            number,
            nextRevision(before),
            number * lengthMicros,
            startOf(parts),
            endOf(parts),
            SummaryText.clip(text, retainedChars),
            together(parts),
            digest(parts),
            numbers),
        text);
  }

  /// @param digest see [#wholeDigest]
  Built whole(
      Optional<PublishedSummary> before,
      List<PublishedSummary> parts,
      long lengthMicros,
      String digest) {
    return new Built(
        new PublishedSummary(
            0,
            before.map(PublishedSummary::revision).orElse(0) + 1,
            0,
            0,
            lengthMicros,
            "",
            together(parts),
            digest,
            List.of()),
        text(parts));
  }

  /// Folds hours, or repaired gaps in hours that are already folded, into the summary of all
  /// earlier hours. It is not published.
  PublishedSummary fold(Optional<PublishedSummary> earlier, List<PublishedSummary> hours) {
    List<PublishedSummary> parts = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    earlier.ifPresent(known -> {
      parts.add(known);
      numbers.addAll(known.parts());
    });
    parts.addAll(hours);
    numbers.addAll(numbers(hours));
    return new PublishedSummary(
        0,
        1,
        0,
        startOf(parts),
        endOf(parts),
        SummaryText.clip(text(parts), HOUR_CHARS),
        together(parts),
        "",
        numbers.subList(
            Math.max(0, numbers.size() - RetainedSummaries.MAX_FOLDED_NUMBERS), numbers.size()));
  }

  private String text(List<PublishedSummary> parts) {
    return parts.size() == 1
        ? parts.getFirst().text()
        : summarizer.summarize(
            parts.stream()
                .map(part -> new Part(part.startMicros(), part.endMicros(), part.text()))
                .toList());
  }

  /// Identifies what the text of a summary is made from.
  static String digest(List<PublishedSummary> parts) {
    List<Object> all = new ArrayList<>();
    for (PublishedSummary part : parts) {
      all.addAll(List.of(part.number(), part.startMicros(), part.endMicros(), part.text()));
    }
    return StableIds.of("d", all.toArray());
  }

  static String wholeDigest(List<PublishedSummary> parts, long lengthMicros) {
    return StableIds.of("d", lengthMicros, digest(parts));
  }

  static List<Long> numbers(List<PublishedSummary> parts) {
    return parts.stream().map(PublishedSummary::number).toList();
  }

  private static int nextRevision(@Nullable PublishedSummary before) {
    return before == null ? 1 : before.revision() + 1;
  }

  private static long startOf(List<PublishedSummary> parts) {
    return parts.stream().mapToLong(PublishedSummary::startMicros).min().orElseThrow();
  }

  private static long endOf(List<PublishedSummary> parts) {
    return parts.stream().mapToLong(PublishedSummary::endMicros).max().orElseThrow();
  }

  private static Sampling together(List<PublishedSummary> parts) {
    return Sampling.combined(parts.stream().map(PublishedSummary::sampling).toList());
  }
}
