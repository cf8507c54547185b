package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadEmbeddingsTest {

  private static final long MIB = 1 << 20;

  private final AtomicLong direct = new AtomicLong(20 * MIB);
  private final AtomicInteger collections = new AtomicInteger();
  private long alive = 20 * MIB;
  private final DeadEmbeddings dead =
      new DeadEmbeddings(
          direct::get,
          8 * MIB,
          () -> {
            collections.incrementAndGet();
            direct.set(alive);
          });

  @Test
  void collectsOnceThereIsMoreThanTheBound() {
    dead.check();
    direct.set(28 * MIB);
    dead.check();
    assertThat(collections).hasValue(0);

    direct.set(29 * MIB);
    dead.check();

    assertThat(collections).hasValue(1);
    dead.check();
    assertThat(collections).hasValue(1);
  }

  @Test
  void doesNotCollectAgainAndAgainForWhatIsAlive() {
    dead.check();
    alive = 60 * MIB;
    direct.set(60 * MIB);
    dead.check();
    dead.check();
    dead.check();

    assertThat(collections).hasValue(1);
  }

  @Test
  void whatTheCollectorFreesByItselfLowersTheBound() {
    dead.check();
    direct.set(5 * MIB);
    dead.check();
    direct.set(14 * MIB);
    dead.check();

    assertThat(collections).hasValue(1);
  }

  @Test
  void aCacheOfNoBytesDoesNotCollectAllTheTime() {
    DeadEmbeddings withoutCache = new DeadEmbeddings(direct::get, 0, collections::incrementAndGet);
    withoutCache.check();
    direct.addAndGet(MIB);
    withoutCache.check();

    assertThat(collections).hasValue(0);
  }
}
