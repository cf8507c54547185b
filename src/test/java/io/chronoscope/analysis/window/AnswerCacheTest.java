package io.chronoscope.analysis.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {

  private final AnswerCache cache = new AnswerCache();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger reused = new AtomicInteger();
  private final EncodedPair pair = new EncodedPair(1, 1, FloatBuffer.allocate(4));
  private final EncodedPair equalPair = new EncodedPair(1, 1, FloatBuffer.allocate(4));

  @Test
  void asksOnceAboutAVideoInWhichNothingChanges() {
    Answer first = ask(List.of(pair, pair), List.of(0.0, 1.0), "events", 100).join();
    assertThat(ask(List.of(pair, pair), List.of(0.0, 1.0), "events", 100).join()).isSameAs(first);
    assertThat(asked).hasValue(1);
    assertThat(reused).hasValue(1);
  }

  @Test
  void asksAgainWhenAnythingOfTheInputDiffers() {
    ask(List.of(pair, pair), List.of(0.0, 1.0), "events", 100);
    ask(List.of(pair, pair), List.of(0.0, 2.0), "events", 100);
    ask(List.of(pair, pair, pair), List.of(0.0, 1.0, 2.0), "events", 100);
    ask(List.of(pair, pair), List.of(0.0, 1.0), "summary", 100);
    ask(List.of(pair, pair), List.of(0.0, 1.0), "events", 4);
    ask(List.of(equalPair, equalPair), List.of(0.0, 1.0), "events", 100);
    assertThat(asked).hasValue(6);
    assertThat(reused).hasValue(0);
  }

  @Test
  void asksOnceAboutTheSameSuccessionOfPictures() {
    ask(List.of(pair, equalPair), List.of(0.0, 1.0), "events", 100);
    ask(List.of(pair, equalPair), List.of(0.0, 1.0), "events", 100);
    assertThat(asked).hasValue(1);

    ask(List.of(equalPair, pair), List.of(0.0, 1.0), "events", 100);
    assertThat(asked).as("another order").hasValue(2);
  }

  @Test
  void forgetsWhatWasUsedLeastRecently() {
    AnswerCache small = new AnswerCache(2); // each answer has one token
    ask(small, "first");
    ask(small, "second");
    ask(small, "first");
    ask(small, "third");
    assertThat(asked).hasValue(3);

    ask(small, "first");
    ask(small, "third");
    assertThat(asked).hasValue(3);
    ask(small, "second");
    assertThat(asked).hasValue(4);
  }

  @Test
  void asksAgainAfterAFailure() {
    CompletableFuture<Answer> failed =
        CompletableFuture.failedFuture(new IllegalStateException("no memory"));
    cache.answer(List.of(pair), List.of(0.0), "events", 100, () -> failed, () -> {});
    ask(List.of(pair), List.of(0.0), "events", 100);
    assertThat(asked).hasValue(1);
  }

  private CompletableFuture<Answer> ask(
      List<EncodedPair> pairs, List<Double> seconds, String question, int maxTokens) {
    return ask(cache, pairs, seconds, question, maxTokens);
  }

  private void ask(AnswerCache of, String question) {
    ask(of, List.of(pair), List.of(0.0), question, 100);
  }

  private CompletableFuture<Answer> ask(
      AnswerCache of,
      List<EncodedPair> pairs,
      List<Double> seconds,
      String question,
      int maxTokens) {
    return of.answer(
        pairs,
        seconds,
        question,
        maxTokens,
        () -> {
          int number = asked.incrementAndGet();
          return CompletableFuture.completedFuture(
              new Answer(
                  List.of(),
                  List.of(number),
                  "answer " + number,
                  Answer.End.COMPLETE,
                  0,
                  List.of()));
        },
        reused::incrementAndGet);
  }
}
