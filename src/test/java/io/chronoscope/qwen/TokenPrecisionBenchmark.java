package io.chronoscope.qwen;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How many tokens of greedy answers in INT8 are those of FP32. An answer that differs in one token
/// usually differs in all after it, so the tokens up to the first difference are counted, too. Not
/// part of the test suite:
///
///     ./mvnw -Dquick test-compile surefire:test -Dtest=TokenPrecisionBenchmark -Dbenchmark.model=DIR [-Dbenchmark.scenes=20]
class TokenPrecisionBenchmark {

  private static final int SCENES = Integer.getInteger("benchmark.scenes", 8);

  @Test
  void tokensOfFp32() {
    Path directory = Path.of(System.getProperty("benchmark.model", "models/demo"));
    int all = 0;
    int equal = 0;
    int before = 0;
    int different = 0;
    try (Qwen25Vl fp32 = Qwen25Vl.open(directory, EngineSettings.parse("cpu", "fp32"));
        Qwen25Vl int8 = Qwen25Vl.open(directory, EngineSettings.parse("cpu", "int8"))) {
      for (int scene = 0; scene < SCENES; scene++) {
        for (String question : QuantizedGoldenTest.QUESTIONS) {
          List<Integer> expected = QuantizedGoldenTest.tokens(fp32, scene, question);
          List<Integer> actual = QuantizedGoldenTest.tokens(int8, scene, question);
          int agreeing = agreeing(expected, actual);
          all += expected.size();
          equal += QuantizedGoldenTest.equal(expected, actual);
          before += agreeing;
          different += agreeing < expected.size() ? 1 : 0;
        }
      }
    }
    System.out.printf(
        "%d of %d tokens equal by position; up to the first difference %d of %d, %.1f %%%n",
        equal, all, before, before + different, 100.0 * before / (before + different));
  }

  /// Tokens before the first one that differs or is missing.
  private static int agreeing(List<Integer> expected, List<Integer> actual) {
    int same = 0;
    while (same < Math.min(expected.size(), actual.size())
        && expected.get(same).equals(actual.get(same))) {
      same++;
    }
    return same;
  }
}
