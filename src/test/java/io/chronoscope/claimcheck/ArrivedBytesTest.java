package io.chronoscope.claimcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.claimcheck.ArrivedBytes.Fetch;
import io.chronoscope.domain.Sha256;
import io.chronoscope.domain.StreamInput.Media;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ArrivedBytesTest {

  private final ArrivedBytes memory = new ArrivedBytes(100);

  /// Adds in a thread of its own, and returns once that thread waits.
  private static CompletableFuture<Long> adding(Fetch fetch, long bytes) {
    CompletableFuture<Long> added = new CompletableFuture<>();
    Thread adding =
        Thread.ofVirtual()
            .start(() -> {
              try {
                added.complete(fetch.add(bytes));
              } catch (InterruptedException e) {
                added.completeExceptionally(e);
              }
            });
    while (adding.getState() != Thread.State.WAITING && !added.isDone()) {
      Thread.onSpinWait();
    }
    return added;
  }

  @Test
  void laterFetchesWaitForMemoryAndTheFirstGoesOn() throws Exception {
    Fetch first = memory.begin();
    Fetch second = memory.begin();
    assertThat(first.add(60)).isZero();
    assertThat(second.add(40)).isZero();
    CompletableFuture<Long> more = adding(second, 1);
    assertThat(first.add(500)).isZero();
    assertThat(memory.bytes()).isEqualTo(600);
    assertThat(more).isNotDone();

    first.close();
    assertThat(more.get(30, TimeUnit.SECONDS)).isPositive();
    assertThat(memory.bytes()).isEqualTo(41);
    second.close();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void aFetchThatStartsAgainGivesItsMemoryBack() throws Exception {
    Fetch first = memory.begin();
    Fetch second = memory.begin();
    assertThat(second.add(100)).isZero();
    second.restart();
    assertThat(memory.bytes()).isZero();
    assertThat(first.add(100)).isZero();
  }

  /// A reference that states a gigabyte takes what has arrived of it.
  @Test
  void countsWhatHasArrivedNotWhatIsStated() throws Exception {
    byte[] media = new byte[1000];
    String digest = Sha256.hex(media);
    Media.Reference reference =
        new Media.Reference(URI.create("s3://bucket/key"), media.length, digest);
    ArrivedBytes generous = new ArrivedBytes(1 << 20);
    try (Fetch fetch = generous.begin()) {
      long[] most = new long[1];
      InputStream slow =
          new ByteArrayInputStream(media) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
              most[0] = Math.max(most[0], generous.bytes());
              return super.read(into, offset, Math.min(length, 10));
            }
          };
      byte[] read =
          VerifiedRead.read(
              reference,
              new MediaSource.OpenMedia(slow, OptionalLong.empty(), () -> {}),
              RetryClock.SYSTEM,
              System.nanoTime() + TimeUnit.MINUTES.toNanos(1),
              fetch);
      assertThat(read).isEqualTo(media);
      assertThat(most[0]).isEqualTo(990);
    }
    assertThat(generous.bytes()).isZero();
  }
}
