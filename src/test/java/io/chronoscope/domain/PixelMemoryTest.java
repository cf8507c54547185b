package io.chronoscope.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class PixelMemoryTest {

  private final PixelMemory memory = new PixelMemory();

  @Test
  void givesTheSameMemoryAgainForTheSameSize() {
    MemorySegment first = memory.take(300);
    MemorySegment second = memory.take(300);
    assertThat(second.address()).isNotEqualTo(first.address());
    memory.giveBack(first);
    assertThat(memory.take(600).byteSize()).isEqualTo(600);
    assertThat(memory.take(300).address()).isEqualTo(first.address());
    assertThat(memory.idleBytes()).isZero();
  }

  @Test
  void keepsNoMoreIdleThanItsBound() {
    long half = PixelMemory.MAX_IDLE_BYTES / 2;
    MemorySegment[] all = {memory.take(half), memory.take(half), memory.take(half + 1)};
    for (MemorySegment one : all) {
      memory.giveBack(one);
    }
    assertThat(memory.idleBytes()).isEqualTo(half + 1);
  }
}
