package io.chronoscope.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs the corpus of each fuzz target, among it everything that fuzzing ever found, and a few
/// mutations without guidance. `./chronoscope fuzz` is the thorough way (CONTRIBUTING.md).
class FuzzTargetsTest {

  private static final int MUTATIONS = 300;

  @ParameterizedTest
  @EnumSource
  void holdsForItsCorpus(FuzzTarget target) {
    List<byte[]> inputs = target.inputs();
    assertThat(inputs).as("inputs in %s", target.corpus()).hasSizeGreaterThan(2);
    inputs.forEach(input -> run(target, input, "corpus"));
  }

  @ParameterizedTest
  @EnumSource
  void holdsForMutations(FuzzTarget target) {
    long seed = 4711 + target.ordinal();
    Mutations mutations = new Mutations(target.inputs(), new Random(seed));
    for (int i = 0; i < MUTATIONS; i++) {
      run(target, mutations.next(), "seed %d, mutation %d".formatted(seed, i));
    }
  }

  private static void run(FuzzTarget target, byte[] input, String origin) {
    assertThatCode(() -> target.run(input))
        .as("%s of %s: %s", origin, target, HexFormat.of().formatHex(input))
        .doesNotThrowAnyException();
  }
}
