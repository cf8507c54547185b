package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FatalProblemsTest {

  @Test
  void anErrorEndsTheInstanceWhateverIsAroundIt() {
    Error error = new StackOverflowError();
    assertThat(FatalProblems.endsInstance(error)).isTrue();
    assertThat(FatalProblems.endsInstance(new CompletionException(error))).isTrue();
    assertThat(FatalProblems.endsInstance(new IllegalStateException("x", new Exception(error))))
        .isTrue();
  }

  @Test
  void aProblemOfOneStreamDoesNot() {
    assertThat(FatalProblems.endsInstance(new IllegalStateException("x"))).isFalse();
  }
}
