package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FatalProblemsTest {

  @Test
  void anErrorEndsTheInstanceWhateverIsAroundIt() {
    Error error = new StackOverflowError();
    assertThat(FatalProblems.endInstance(error)).isTrue();
    assertThat(FatalProblems.endInstance(new CompletionException(error))).isTrue();
    assertThat(FatalProblems.endInstance(new IllegalStateException("x", new Exception(error))))
        .isTrue();
  }

  @Test
  void aProblemOfOneStreamDoesNot() {
    assertThat(FatalProblems.endInstance(new IllegalStateException("x"))).isFalse();
  }
}
