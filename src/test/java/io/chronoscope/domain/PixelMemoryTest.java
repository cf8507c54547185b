package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class PixelMemoryTest {

  private final PixelMemory memory = new PixelMemory();

  @Test
  void reusesReleasedMemoryForTheSameSize() {
    MemorySegment first = memory.acquire(300);
    MemorySegment second = memory.acquire(300);
    assertThat(second.address()).isNotEqualTo(first.address());
    memory.release(first);
    assertThat(memory.acquire(600).byteSize()).isEqualTo(600);
    assertThat(memory.acquire(300).address()).isEqualTo(first.address());
    assertThat(memory.idleBytes()).isZero();
  }

  @Test
  void countsPicturesInUseAndThePool() {
    MemorySegment one = memory.acquire(300);
    var unused = memory.acquire(100);
    assertThat(memory.heldBytes()).isEqualTo(400);
    memory.release(one);
    assertThat(memory.heldBytes()).isEqualTo(400);
    assertThat(memory.idleBytes()).isEqualTo(300);
  }

  @Test
  void boundsIdleMemory() {
    long half = PixelMemory.MAX_IDLE_BYTES / 2;
    MemorySegment[] all = {memory.acquire(half), memory.acquire(half), memory.acquire(half + 1)};
    for (MemorySegment one : all) {
      memory.release(one);
    }
    assertThat(memory.idleBytes()).isEqualTo(half + 1);
  }
}
