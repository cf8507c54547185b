package io.chronoscope.qwen;

import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.decoder.DecodeSettings;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Measures how fast a checkpoint encodes and decodes on this machine. Not part of the test suite:
///
///     ./mvnw -Dquick test-compile surefire:test -Dtest=EngineBenchmark -Dbenchmark.model=DIR
class EngineBenchmark {

  private static final int SIDE = Integer.getInteger("benchmark.side", 84);
  private static final int THREADS = Integer.getInteger("benchmark.threads", 0);
  private static final int SECONDS = Integer.getInteger("benchmark.seconds", 4);
  private static final int NEW_TOKENS = Integer.getInteger("benchmark.tokens", 128);
  private static final int PAIRS = Integer.getInteger("benchmark.pairs", 12);

  @Test
  void measures() throws Exception {
    Path directory =
        Path.of(
            System.getProperty(
                "benchmark.model", GoldenCase.named("published-tied").checkpoint().toString()));
    long opening = System.nanoTime();
    try (Qwen25Vl model =
        Qwen25Vl.open(
            directory,
            EngineSettings.cpu()
                .withIntraOpThreads(THREADS)
                .withDecoding(new DecodeSettings(32, 0.5, 1, 16)))) {
      System.out.printf(
          Locale.ROOT,
          "%s, %d threads, frames %dx%d, opened in %.0f ms%n",
          directory,
          THREADS,
          SIDE,
          SIDE,
          (System.nanoTime() - opening) / 1e6);
      for (int batch : new int[] {1, 8}) {
        encode(model, batch);
      }
      for (int batch : new int[] {1, 8}) {
        decode(model, batch);
      }
    }
  }

  private static void encode(Qwen25Vl model, int batch) throws Exception {
    List<FramePair> pairs = IntStream.range(0, batch).mapToObj(EngineBenchmark::noise).toList();
    model.encode(pairs);
    long before = residentKb();
    long start = System.nanoTime();
    long done = 0;
    while (System.nanoTime() - start < SECONDS * 1_000_000_000L) {
      model.encode(pairs);
      done += batch;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "encode, batch %d: %.1f pairs/s (resident memory %+d KB over %d calls)%n",
        batch,
        done / seconds,
        residentKb() - before,
        done / batch);
  }

  private static FramePair noise(long seed) {
    Random random = new Random(seed);
    Picture[] frames = {Picture.allocate(SIDE, SIDE), Picture.allocate(SIDE, SIDE)};
    for (Picture frame : frames) {
      for (long i = 0; i < frame.sizeBytes(); i++) {
        frame.rgb().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
    }
    return new FramePair(frames[0], frames[1]);
  }

  private static void decode(Qwen25Vl model, int batch) throws Exception {
    List<EncodedPair> encoded = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      encoded.addAll(model.encode(List.of(noise(i))));
    }
    List<Prompt> prompts =
        Collections.nCopies(
            batch,
            Prompt.of(
                List.of(
                    new Prompt.Part.Video(
                        encoded, IntStream.range(0, PAIRS).mapToObj(i -> (double) i).toList()),
                    new Prompt.Part.Text("Localize a series of activity events in the video.")),
                NEW_TOKENS));
    model.generateTimed(prompts);
    long before = residentKb();
    long prefillNanos = 0;
    long decodeNanos = 0;
    long promptTokens = 0;
    long tokens = 0;
    long calls = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < SECONDS * 1_000_000_000L) {
      List<Qwen25Vl.TimedAnswer> answers = model.generateTimed(prompts);
      prefillNanos += answers.getFirst().decoded().prefillNanos();
      decodeNanos +=
          answers.stream().mapToLong(answer -> answer.decoded().decodeNanos()).max().orElse(0);
      promptTokens +=
          answers.stream().mapToInt(answer -> answer.answer().promptTokenIds().size()).sum();
      tokens += answers.stream().mapToInt(answer -> answer.answer().tokenIds().size() - 1).sum();
      calls++;
    }
    System.out.printf(
        Locale.ROOT,
        "decode, batch %d: prefill %.0f tokens/s, then %.1f tokens/s in total, %.2f ms per step"
            + " (%d prompt tokens, %d new; resident memory %+d KB over %d calls)%n",
        batch,
        promptTokens / (prefillNanos / 1e9),
        tokens / (decodeNanos / 1e9),
        decodeNanos / 1e6 / (tokens / (double) batch),
        promptTokens / calls / batch,
        tokens / calls / batch + 1,
        residentKb() - before,
        calls);
  }

  private static long residentKb() throws Exception {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElse(0)
        : 0;
  }
}
