package io.chronoscope.decode.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.worker.ChunkBudget.CpuTime;
import io.chronoscope.decode.worker.DecodeEvent.WorkerLost;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.fuzz.Mutations;
import io.chronoscope.testing.SelectiveFrames;
import io.chronoscope.testing.TestMedia;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// However the bytes of a small video are changed, a worker either decodes it or says why not, and
/// survives within limits that the kernel keeps. `-Dmutants=20000` tries more; `-Dmutant=1234` one.
@EnabledOnOs(OS.LINUX)
class MutatedMediaTest {

  private static final long SEED = 20_261_126;
  private static final int MUTANTS = Integer.getInteger("mutants", 2000);
  private static final Optional<Integer> ONLY = Optional.ofNullable(Integer.getInteger("mutant"));

  /// Far below what a chunk may take by default: few small pictures need more, whatever they
  /// declare.
  private static final ChunkBudget BUDGET =
      new ChunkBudget(192L << 20, new CpuTime(3, 3), Duration.ofMinutes(2), 1L << 30);

  private static final DecodeLimits LIMITS =
      new DecodeLimits(1_000_000, Duration.ofMinutes(10), 10_000);

  private static final List<byte[]> ORIGINALS =
      List.of(
          video("libopenh264", "mp4"),
          video("libopenh264", "mpegts"),
          video("libopenh264", "flv"),
          video("mpeg2video", "mpeg2video"),
          fragmented("libopenh264"),
          video("libvpx", "webm"),
          video("libvpx-vp9", "matroska"),
          video("libvpx-vp9", "mp4"),
          video("libaom-av1", "mp4"),
          video("mpeg4", "mp4"),
          video("mpeg4", "avi"),
          video("mpeg2video", "mpegts"),
          video("mpeg2video", "vob"),
          video("mjpeg", "mov"));

  private final List<DecodeEvent> events = new CopyOnWriteArrayList<>();
  private final Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
  private int decoded;

  private static byte[] video(String codec, String container) {
    return TestMedia.video().codec(codec).container(container).frames(8).group(4).bytes();
  }

  private static byte[] fragmented(String codec) {
    return TestMedia.video()
        .codec(codec)
        .container("mp4")
        .muxer("movflags", "frag_keyframe+empty_moov+default_base_moof")
        .frames(8)
        .group(4)
        .bytes();
  }

  private static byte[] mutant(int number) {
    Mutations mutations = new Mutations(ORIGINALS, new Random(SEED + number));
    return number % 2 == 0 ? mutations.next() : mutations.nextOfSameLength();
  }

  @Test
  void areDecodedOrRefusedWithinTheLimitsOfTheirWorker() throws Exception {
    DecodePool.Workers workers =
        new DecodePool.Workers(2, LIMITS.maxPixels(), LoopFilter.FULL, BUDGET);
    try (DecodePool pool = DecodePool.ofWorkers(workers, events::add);
        ExecutorService callers = Executors.newFixedThreadPool(workers.count())) {
      pool.awaitStarted();
      IntStream numbers = ONLY.map(IntStream::of).orElse(IntStream.range(0, MUTANTS));
      List<CompletableFuture<Void>> all = new ArrayList<>();
      numbers.forEach(
          number -> all.add(CompletableFuture.runAsync(() -> decode(pool, number), callers)));
      all.forEach(CompletableFuture::join);
      for (byte[] original : ORIGINALS) {
        assertThat(decode(pool, ByteBuffer.wrap(original)).frames()).isEqualTo(8);
      }
    }
    System.out.printf("mutants: %d decoded, refused: %s%n", decoded, refused);
    assertThat(events)
        .filteredOn(WorkerLost.class::isInstance)
        .extracting(event -> ((WorkerLost) event).cause())
        .isSubsetOf(LossCause.MEMORY, LossCause.CPU_TIME);
    assertThat(events)
        .filteredOn(WorkerReady.class::isInstance)
        .extracting(event -> ((WorkerReady) event).inForce())
        .allSatisfy(
            inForce -> assertThat(inForce).contains(Protection.ADDRESS_SPACE, Protection.CPU_TIME));
    if (ONLY.isEmpty()) {
      // Both outcomes must occur, or the test checks nothing.
      assertThat(decoded).as("others: %s", refused).isBetween(MUTANTS / 20, MUTANTS * 19 / 20);
      assertThat(refused).hasSizeGreaterThan(4);
      assertThat(refused.getOrDefault(Reason.OVER_BUDGET, 0)).isLessThan(1 + MUTANTS / 2000);
    }
  }

  private void decode(DecodePool pool, int number) {
    try {
      MediaFacts facts = decode(pool, ByteBuffer.wrap(mutant(number)));
      assertThat(facts.frames()).as("frames of mutant %d", number).isPositive();
      count(Optional.empty());
    } catch (UnreadableMediaException e) {
      assertThat(e.rejection().detail()).as("refusal of mutant %d", number).isNotBlank();
      assertThat(e.rejection().reason())
          .as("mutant %d: %s", number, e.rejection().detail())
          .isNotEqualTo(Reason.DECODER_CRASHED);
      count(Optional.of(e.rejection().reason()));
    }
  }

  private static MediaFacts decode(DecodePool pool, ByteBuffer media)
      throws UnreadableMediaException {
    return pool.decode("cam-1", media, LIMITS, new SelectiveFrames(from -> true));
  }

  private synchronized void count(Optional<Reason> reason) {
    if (reason.isEmpty()) {
      decoded++;
    } else {
      refused.merge(reason.get(), 1, Integer::sum);
    }
  }
}
