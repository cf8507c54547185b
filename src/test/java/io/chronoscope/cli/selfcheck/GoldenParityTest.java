package io.chronoscope.cli.selfcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.qwen.EngineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoldenParityTest {

  private final GoldenCase golden = GoldenCase.of(Path.of("src/test/resources/golden/still-image"));

  @Test
  void passesWhatEqualsTheReference() throws IOException {
    Parity parity = GoldenParity.check(golden, EngineSettings.cpu());

    assertThat(parity.passed()).isTrue();
    assertThat(parity.precision()).isEqualTo("fp32");
    assertThat(parity.encoderDifference()).isLessThan(1e-4);
    assertThat(parity.equalTokens()).isEqualTo(parity.tokens());
  }

  @Test
  void failsOnOneWrongToken() throws IOException {
    ObjectNode changed = golden.golden().deepCopy();
    ArrayNode tokens = (ArrayNode) changed.get("tokenIds");
    tokens.set(2, tokens.get(2).asInt() + 1);

    Parity parity =
        GoldenParity.check(new GoldenCase(golden.directory(), changed), EngineSettings.cpu());

    assertThat(parity.passed()).isFalse();
    assertThat(parity.equalTokens()).isEqualTo(2);
  }

  @Test
  void failsOnAWrongLogit() throws IOException {
    ObjectNode changed = golden.golden().deepCopy();
    ObjectNode best = (ObjectNode) changed.get("firstLogitsTop").get(0);
    best.put("logit", best.get("logit").asDouble() + 0.01);

    Parity parity =
        GoldenParity.check(new GoldenCase(golden.directory(), changed), EngineSettings.cpu());

    assertThat(parity.passed()).isFalse();
    assertThat(parity.logitDifference()).isCloseTo(0.01, within(1e-3));
  }

  @Test
  void comparesVectors() {
    float[] a = {1, 2, 3};
    assertThat(GoldenParity.cosine(a, new float[] {2, 4, 6})).isCloseTo(1, within(1e-9));
    assertThat(GoldenParity.largestDifference(a, new float[] {1, 2.5f, 3})).isEqualTo(0.5);
    assertThat(GoldenParity.largestDifference(a, new float[] {1, Float.NaN, 3})).isInfinite();
    assertThat(GoldenParity.commonPrefix(List.of(1, 2, 3), List.of(1, 2))).isEqualTo(2);
  }
}
