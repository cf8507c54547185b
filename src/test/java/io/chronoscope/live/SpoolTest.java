package io.chronoscope.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.SourceClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00.123456Z");
  private static final Duration NOW = Duration.ofMillis(1);

  @TempDir Path root;

  @Test
  void deliversInOrderWhatWasStored() throws Exception {
    try (Spool spool = Spool.open(root, "gate/1", 1 << 20)) {
      append(spool, 3);

      SpooledChunk first = spool.oldest(NOW).orElseThrow();
      assertThat(first.stream()).isEqualTo("gate/1");
      assertThat(first.start()).isEqualTo(NOON);
      assertThat(first.duration()).isEqualTo(Duration.ofMillis(4_000));
      assertThat(first.clock()).isEqualTo(SourceClock.RTCP);
      assertThat(first.media()).containsOnly(0).hasSize(1000);
      assertThat(drained(spool)).containsExactly(0L, 1L, 2L);
      assertThat(spool.sizeBytes()).isZero();
    }
  }

  @Test
  void survivesTheProcessAndNumbersOn() throws Exception {
    try (Spool spool = Spool.open(root, "gate", 1 << 20)) {
      append(spool, 3);
      spool.remove(0);
    }
    String id;
    try (Spool spool = Spool.open(root, "gate", 1 << 20)) {
      append(spool, 1);
      id = spool.oldest(NOW).orElseThrow().id();
      assertThat(drained(spool)).containsExactly(1L, 2L, 3L);
    }
    assertThat(id).isEqualTo("gate/1@2026-05-04T12:00:04.123456Z");
    try (Spool spool = Spool.open(root, "gate", 1 << 20)) {
      assertThat(spool.oldest(NOW)).isEmpty();
      append(spool, 1);
      assertThat(drained(spool)).containsExactly(4L);
    }
  }

  @Test
  void dropsTheOldestAboveItsBoundButNotTheOneBeingSent() throws Exception {
    try (Spool spool = Spool.open(root, "gate", 5_500)) {
      append(spool, 2);
      Optional<SpooledChunk> sending = spool.oldest(NOW);
      append(spool, 6);

      assertThat(sending.orElseThrow().sequence()).isZero();
      assertThat(spool.sizeBytes()).isLessThanOrEqualTo(5_500);
      assertThat(spool.dropped()).isEqualTo(3);
      assertThat(drained(spool)).containsExactly(0L, 4L, 5L, 6L, 7L);
    }
  }

  @Test
  void belongsToOneProcess() throws Exception {
    try (Spool spool = Spool.open(root, "gate", 1 << 20)) {
      assertThat(spool.chunks()).isZero();
      assertThatThrownBy(() -> Spool.open(root, "gate", 1 << 20))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("gate is being produced already");
      Spool.open(root, "yard", 1 << 20).close();
    }
    Spool.open(root, "gate", 1 << 20).close();
  }

  @Test
  void aDamagedFileCostsOneChunk() throws Exception {
    try (Spool spool = Spool.open(root, "gate", 1 << 20)) {
      append(spool, 3);
    }
    Path file = root.resolve("gate").resolve("0000000000000001.chunk");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    Files.write(
        root.resolve("gate").resolve("0000000000000002.chunk"),
        new byte[] {1, 2},
        StandardOpenOption.TRUNCATE_EXISTING);
    Files.write(root.resolve("gate").resolve("0000000000000003.chunk.part"), new byte[9]);

    try (Spool spool = Spool.open(root, "gate", 1 << 20)) {
      spool.remove(spool.oldest(NOW).orElseThrow().sequence());
      assertThatThrownBy(() -> spool.oldest(NOW)).hasMessageContaining("checksum");
      assertThatThrownBy(() -> spool.oldest(NOW)).isInstanceOf(IOException.class);
      assertThat(spool.oldest(NOW)).isEmpty();
      assertThat(spool.dropped()).isEqualTo(2);
      append(spool, 1);
      assertThat(drained(spool)).containsExactly(3L);
    }
  }

  @Test
  void whatAnotherInstanceHasNumberedSinceIsDropped() throws Exception {
    try (Spool spool = Spool.open(root, "gate", 1 << 20)) {
      append(spool, 3);

      assertThat(spool.continueAt(2)).isEqualTo(2);
      assertThat(spool.chunks()).isEqualTo(1);
      assertThat(spool.continueAt(7)).isEqualTo(1);
      append(spool, 1);

      assertThat(spool.oldest(Duration.ZERO).orElseThrow().sequence()).isEqualTo(7);
      assertThat(spool.dropped()).isEqualTo(3);
    }
  }

  @Test
  void whatIsInKafkaAlreadyIsCoveredUnlessAClockWasSetBack() {
    Instant until = Instant.parse("2026-05-04T12:00:00Z");
    SourceProgress progress = new SourceProgress(17, until);

    assertThat(progress.covers(until, SourceClock.PROGRAM_DATE_TIME)).isTrue();
    assertThat(progress.covers(until.plusMillis(1), SourceClock.PROGRAM_DATE_TIME)).isFalse();
    assertThat(progress.covers(until.minusSeconds(3600), SourceClock.RTCP)).isFalse();
    assertThat(progress.covers(until.minusSeconds(3600), SourceClock.FILE)).isTrue();
  }

  private static void append(Spool spool, int chunks) throws IOException {
    for (int i = 0; i < chunks; i++) {
      var unused =
          spool.append(
              NOON.plusSeconds(4L * i),
              Duration.ofSeconds(4),
              "video/mp4",
              SourceClock.RTCP,
              new byte[1000]);
    }
  }

  private static List<Long> drained(Spool spool) throws Exception {
    List<Long> numbers = new ArrayList<>();
    Optional<SpooledChunk> next = spool.oldest(NOW);
    while (next.isPresent()) {
      numbers.add(next.get().sequence());
      spool.remove(next.get().sequence());
      next = spool.oldest(NOW);
    }
    return numbers;
  }
}
