package io.chronoscope.decode.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.Await;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DecodePoolTest {

  private static final MediaFacts FACTS = new MediaFacts("mp4", "h264", 1, 1, 1, 0, 1, 0);

  private final List<String> order = new ArrayList<>();
  private final CountDownLatch mayStart = new CountDownLatch(1);

  /// Waits before the first chunk, and takes as long as the chunk has bytes.
  private final class Recording implements MediaDecoder {
    @Override
    public MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
        throws UnreadableMediaException {
      try {
        mayStart.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      order.add(stream);
      if (stream.equals("broken")) {
        throw new UnreadableMediaException(Reason.CORRUPT, "broken");
      }
      if (stream.equals("error")) {
        throw new StackOverflowError("error");
      }
      long until = System.nanoTime() + 1_000L * media.remaining();
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      return FACTS;
    }
  }

  private static CompletableFuture<MediaFacts> decode(DecodePool pool, String stream, int bytes) {
    CompletableFuture<MediaFacts> facts = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            facts.complete(
                pool.decode(
                    stream,
                    ByteBuffer.allocate(bytes),
                    DecodeLimits.DEFAULTS,
                    MediaDecoder.FrameSink.NONE));
          } catch (Throwable e) {
            facts.completeExceptionally(e);
          }
        });
    return facts;
  }

  private static void awaitWaiting(DecodePool pool, int chunks) {
    Await.until(() -> pool.waiting() >= chunks);
  }

  /// A stream with many chunks delays another one by the chunk that is being decoded; from then on
  /// the one with short chunks gets more turns.
  @Test
  void aHogDelaysOthersByOneChunk() {
    try (DecodePool pool = DecodePool.of(1, new Recording(), () -> {})) {
      List<CompletableFuture<MediaFacts>> all = new ArrayList<>();
      all.add(decode(pool, "hog", 100));
      Await.until(() -> pool.busy() > 0);
      for (int i = 0; i < 20; i++) {
        all.add(decode(pool, "hog", 2000));
      }
      awaitWaiting(pool, 20);
      for (int i = 0; i < 5; i++) {
        all.add(decode(pool, "quiet", 100));
      }
      awaitWaiting(pool, 25);
      mayStart.countDown();
      all.forEach(CompletableFuture::join);
      assertThat(order).startsWith("hog", "quiet");
      assertThat(order.lastIndexOf("quiet")).as("%s", order).isLessThan(12);
    }
  }

  @Test
  void passesOnWhatADecoderThrows() {
    mayStart.countDown();
    try (DecodePool pool = DecodePool.of(1, new Recording(), () -> {})) {
      assertThatThrownBy(() -> decode(pool, "broken", 1).join())
          .hasCauseInstanceOf(UnreadableMediaException.class);
      assertThatThrownBy(() -> decode(pool, "error", 1).join())
          .hasCauseInstanceOf(StackOverflowError.class);
      assertThat(decode(pool, "cam-1", 1).join()).isEqualTo(FACTS);
    }
  }

  @Test
  void aCallerThatIsInterruptedWhileItWaitsGivesUp() throws Exception {
    DecodePool pool = DecodePool.of(1, new Recording(), () -> {});
    CompletableFuture<MediaFacts> first = decode(pool, "first", 1);
    Await.until(() -> pool.busy() > 0);
    ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread second =
        Thread.ofPlatform()
            .start(() -> {
              try {
                var unused =
                    pool.decode(
                        "second",
                        ByteBuffer.allocate(1),
                        DecodeLimits.DEFAULTS,
                        MediaDecoder.FrameSink.NONE);
              } catch (UnreadableMediaException | RuntimeException e) {
                thrown.add(e);
                interrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    awaitWaiting(pool, 1);
    second.interrupt();
    second.join();
    assertThat(thrown).singleElement().isInstanceOf(CancellationException.class);
    assertThat(interrupted).isTrue();
    mayStart.countDown();
    assertThat(first.join()).isEqualTo(FACTS);
    pool.close();
    assertThat(order).containsExactly("first");
  }

  @Test
  void chunksThatWaitWhenItClosesAreGivenUp() {
    DecodePool pool = DecodePool.of(1, new Recording(), () -> {});
    CompletableFuture<MediaFacts> first = decode(pool, "first", 1);
    Await.until(() -> pool.busy() > 0);
    CompletableFuture<MediaFacts> second = decode(pool, "second", 1);
    awaitWaiting(pool, 1);
    Thread.ofVirtual()
        .start(() -> {
          while (!second.isDone()) {
            Thread.onSpinWait();
          }
          mayStart.countDown();
        });
    pool.close();
    assertThatThrownBy(second::join).isInstanceOf(CancellationException.class);
    assertThat(first.join()).isEqualTo(FACTS);
    assertThatThrownBy(() -> decode(pool, "third", 1).join())
        .isInstanceOf(CancellationException.class);
  }
}
