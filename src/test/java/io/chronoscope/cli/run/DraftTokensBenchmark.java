package io.chronoscope.cli.run;

import io.chronoscope.batching.BatchListener;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.render.Progress;
import io.chronoscope.render.Terminal;
import io.chronoscope.vlm.Answer;
import io.smallrye.config.EnvConfigSource;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Counts how many tokens a decode step yields, and how many answers are the same as without draft
/// tokens, while videos are analyzed one after the other, as by `analyze`. Not part of the test
/// suite:
///
///     ./mvnw -Dquick test-compile surefire:test -Dtest=DraftTokensBenchmark
class DraftTokensBenchmark {

  private static final List<String> VIDEOS =
      List.of(System.getProperty("benchmark.videos", "gate,dock,yard,crossing,long").split(","));

  /// @param turns in which each answer in progress took a decode step
  private record Analyzed(List<Answer> answers, int turns) {}

  @Test
  void counts() {
    for (String precision : List.of("fp32", "int8")) {
      for (String video : VIDEOS) {
        print(precision + " " + video, analyze(video, precision, 7), analyze(video, precision, 0));
      }
    }
  }

  private static Analyzed analyze(String video, String precision, int draftTokens) {
    ChronoscopeConfig settings =
        ConfigLoader.load(builder ->
            builder.withSources(
                new EnvConfigSource(
                    Map.of(
                        "CHRONOSCOPE_PRECISION",
                        precision,
                        "CHRONOSCOPE_DECODE_ISOLATION",
                        "in-process",
                        "CHRONOSCOPE_BATCHING_DRAFT_TOKENS",
                        Integer.toString(draftTokens)),
                    300)));
    List<Answer> answers = new ArrayList<>();
    AtomicInteger turns = new AtomicInteger();
    BatchListener batches =
        new BatchListener() {
          @Override
          public void decoderBatch(int prompts) {
            turns.incrementAndGet();
          }

          @Override
          public void promptAnswered(Answer answer) {
            answers.add(answer);
          }
        };
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    try (Progress progress = new Progress(nowhere, Terminal.NONE)) {
      new FileAnalysis(settings, Optional.empty(), progress, result -> {}, batches)
          .run(
              Map.of(video, Path.of("video-samples", video + ".mp4")),
              Duration.ofSeconds(4),
              OptionalDouble.empty(),
              Instant.parse("2026-05-04T12:00:00Z"));
    }
    return new Analyzed(answers, turns.get());
  }

  private static void print(String what, Analyzed drafted, Analyzed plain) {
    Map<List<List<Integer>>, Integer> unmatched = new HashMap<>();
    plain.answers().forEach(answer -> unmatched.merge(content(answer), 1, Integer::sum));
    long equal =
        drafted.answers().stream()
            .filter(answer -> unmatched.merge(content(answer), -1, Integer::sum) >= 0)
            .count();
    // The first token of an answer comes with its prompt.
    int tokens = drafted.answers().stream().mapToInt(answer -> answer.tokenIds().size() - 1).sum();
    int accepted = drafted.answers().stream().mapToInt(answer -> answer.drafts().accepted()).sum();
    int proposed = drafted.answers().stream().mapToInt(answer -> answer.drafts().proposed()).sum();
    System.out.printf(
        Locale.ROOT,
        "%s: %d answers, %d of them as without drafts; %d tokens in %d steps, %.2f each;"
            + " %d of %d drafts accepted; %d turns, %d without drafts%n",
        what,
        drafted.answers().size(),
        equal,
        tokens,
        tokens - accepted,
        (double) tokens / (tokens - accepted),
        accepted,
        proposed,
        drafted.turns(),
        plain.turns());
  }

  private static List<List<Integer>> content(Answer answer) {
    return List.of(answer.promptTokenIds(), answer.tokenIds());
  }
}
