package io.chronoscope.analysis.stream;

import static io.chronoscope.analysis.stream.StreamFixture.NOON;
import static io.chronoscope.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.analysis.AnalysisEvent.StreamFailed;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.LampModel;
import io.chronoscope.testing.LampVideo;
import io.chronoscope.wire.Json;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No stream harms another: a hog, a store that hangs, a flood of keys, many idle streams.
@Timeout(120)
class FairStreamsTest {

  private static final ByteBuffer MEDIA = new LampVideo.Script(2).on('a', 1, 2).chunk(0, 4);
  private static final long MEMORY = 64 << 10;

  private final CountDownLatch stuck = new CountDownLatch(1);
  private final Map<String, CompletableFuture<StreamCommit>> ended = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Throwable>> failed = new ConcurrentHashMap<>();
  private final StreamFixture fixture =
      new StreamFixture()
          .listener(event -> {
            if (event instanceof StreamFailed(String stream, Throwable cause)) {
              failed.computeIfAbsent(stream, any -> new CompletableFuture<>()).complete(cause);
            }
          })
          .sink(commit -> {
            if (commit.state().isEmpty() || commit.state().get().isIdle()) {
              end(commit.stream()).complete(commit);
            }
            return CompletableFuture.completedFuture(null);
          });
  private final List<StreamAnalysis> running = new ArrayList<>();

  @AfterEach
  void close() {
    stuck.countDown();
    running.forEach(StreamAnalysis::close);
    fixture.close();
  }

  private StreamAnalysis start(Duration idle) {
    AnalysisSettings settings =
        LampModel.settings(
                new WindowPlan(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ZERO), idle)
            .withMaxWaitingBytesUpTo(MEMORY);
    StreamAnalysis analysis = new StreamAnalysis(settings, fixture.tools());
    running.add(analysis);
    return analysis;
  }

  private StreamAnalysis start() {
    return start(Duration.ofMinutes(10));
  }

  private CompletableFuture<StreamCommit> end(String stream) {
    return ended.computeIfAbsent(stream, any -> new CompletableFuture<>());
  }

  private static Chunk chunk(String stream, long offset, Media media) {
    return new Chunk(
        stream,
        new ChunkOrigin("video.chunks", 0, offset),
        Optional.of(NOON.plusSeconds(4 * offset)),
        NOON,
        OptionalLong.of(offset),
        Optional.of(Duration.ofSeconds(4)),
        media,
        false);
  }

  private static Chunk chunk(String stream, long offset) {
    return chunk(stream, offset, new Media.Inline(MEDIA));
  }

  private static EndOfStream endOf(String stream, long offset) {
    return new EndOfStream(stream, new ChunkOrigin("video.chunks", 0, offset));
  }

  private CompletableFuture<Void> offer(StreamAnalysis analysis, StreamInput input) {
    return analysis.offer(input).toCompletableFuture();
  }

  private void await() {
    try {
      stuck.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /// Decodes lamps, except for one stream.
  private final class StuckFor implements MediaDecoder {
    private final LampVideo lamps = new LampVideo();

    @Override
    public MediaFacts decode(String stream, ByteBuffer media, DecodeLimits limits, FrameSink sink)
        throws UnreadableMediaException {
      if (stream.equals("hog")) {
        await();
      }
      if (stream.equals("error")) {
        throw new StackOverflowError("in the decoder");
      }
      return lamps.decode(stream, media, limits, sink);
    }
  }

  @Test
  void aHogThatFillsTheMemoryDoesNotStopOthers() throws Exception {
    StreamAnalysis analysis = startWith(new StuckFor());
    CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
    int offered = 0;
    while (room.isDone()) {
      room = offer(analysis, chunk("hog", offered++));
    }
    assertThat(analysis.waitingBytes()).isGreaterThanOrEqualTo(MEMORY);
    for (int i = 0; i < 20; i++) {
      String stream = "cam-" + i;
      assertThat(offer(analysis, chunk(stream, 0))).isCompleted();
      assertThat(offer(analysis, endOf(stream, 1))).isCompleted();
      assertThat(end(stream).get(30, TimeUnit.SECONDS).results()).isNotEmpty();
    }
    assertThat(room).isNotDone();
    stuck.countDown();
    room.get(30, TimeUnit.SECONDS);
  }

  private StreamAnalysis startWith(MediaDecoder decoder) {
    fixture.decoder(decoder);
    return start();
  }

  /// Nothing of these references has arrived, so they take no memory, whatever they state.
  @Test
  void aStoreThatHangsStopsOnlyTheStreamsThatWaitForIt() throws Exception {
    fixture.references(reference -> {
      await();
      return MEDIA;
    });
    StreamAnalysis analysis = start();
    URI uri = URI.create("s3://bucket/key");
    for (int i = 0; i < 10; i++) {
      assertThat(
              offer(analysis, chunk("hog", i, new Media.Reference(uri, 1L << 40, "00".repeat(32)))))
          .isCompleted();
    }
    for (int i = 0; i < 20; i++) {
      String stream = "cam-" + i;
      assertThat(offer(analysis, chunk(stream, 0))).isCompleted();
      assertThat(offer(analysis, endOf(stream, 1))).isCompleted();
      assertThat(end(stream).get(30, TimeUnit.SECONDS).results()).isNotEmpty();
    }
    offer(analysis, endOf("hog", 10));
    stuck.countDown();
    assertThat(end("hog").get(30, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void aFloodOfKeysNeedsNoThreads() throws Exception {
    StreamAnalysis analysis = start();
    int before = ManagementFactory.getThreadMXBean().getThreadCount();
    int most = 0;
    for (int i = 0; i < 3000; i++) {
      String stream = "cam-" + i;
      offer(analysis, chunk(stream, 0)).get(60, TimeUnit.SECONDS);
      offer(analysis, endOf(stream, 1)).get(60, TimeUnit.SECONDS);
      most = Math.max(most, ManagementFactory.getThreadMXBean().getThreadCount());
    }
    for (int i = 0; i < 3000; i++) {
      assertThat(end("cam-" + i).get(60, TimeUnit.SECONDS).results()).isNotEmpty();
    }
    // The scheduler of virtual threads has one for each core, and a few in reserve.
    assertThat(most - before).isLessThan(100);
    // A stream is let go of right after its last results.
    until("no stream to be held", () -> analysis.streams() == 0);
    assertThat(analysis.waitingBytes()).isZero();
  }

  @Test
  void tenThousandIdleStreamsTakeLessThanAHundredMegabytes() throws Exception {
    StreamAnalysis first = start(Duration.ofMillis(50));
    offer(first, chunk("cam", 0)).get();
    StreamState state = end("cam").get(30, TimeUnit.SECONDS).state().orElseThrow();
    assertThat(state.isIdle()).isTrue();
    StreamAnalysis analysis = start();
    long before = usedBytes();
    for (int i = 0; i < 10_000; i++) {
      // Not the same objects for all: as if each had been read from its record.
      StreamState copy = Json.read(Json.write(state).put("stream", "cam-" + i), StreamState.class);
      analysis.resume(copy, new ChunkOrigin("video.chunks", i % 16, i));
    }
    assertThat(analysis.streams()).isZero();

    assertThat(usedBytes() - before).isLessThan(100L << 20);
    // They resume when more arrives.
    offer(analysis, chunk("cam-4711", 5000)).get();
    assertThat(analysis.streams()).isOne();
  }

  private static long usedBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void anErrorIsReportedAsSuch() throws Exception {
    StreamAnalysis analysis = startWith(new StuckFor());
    offer(analysis, chunk("error", 0)).get();
    assertThat(
            failed
                .computeIfAbsent("error", any -> new CompletableFuture<>())
                .get(30, TimeUnit.SECONDS))
        .isInstanceOf(StackOverflowError.class);
    assertThat(offer(analysis, chunk("error", 1))).isCompletedExceptionally();
    assertThat(offer(analysis, chunk("cam", 0))).isCompleted();
  }
}
