package io.chronoscope.cli.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryGaugesTest {

  @Test
  void readsWhatTheMetricsSay() {
    MemoryGauges gauges =
        MemoryGauges.parse(
            """
            # HELP chronoscope_memory_held_bytes Memory without a file by who holds it
            # TYPE chronoscope_memory_held_bytes gauge
            chronoscope_memory_held_bytes{holder="heap"} 5.36870912E8
            chronoscope_memory_held_bytes{holder="native"} 1.5E8
            # TYPE chronoscope_memory_resident_bytes gauge
            chronoscope_memory_resident_bytes{origin="anonymous"} 7.0E8
            chronoscope_memory_resident_bytes{origin="libraries"} 4.0E7
            chronoscope_memory_resident_bytes{origin="weights"} 7500000.0
            process_resident_memory_bytes 7.475E8
            """);

    assertThat(gauges.heldBytes())
        .containsEntry("heap", 536_870_912L)
        .containsEntry("native", 150_000_000L)
        .hasSize(2);
    assertThat(gauges.fileBytes()).isEqualTo(47_500_000);
  }

  @Test
  void aGaugeWithoutAValueIsNotZero() {
    assertThatThrownBy(
            () -> MemoryGauges.parse("chronoscope_memory_held_bytes{holder=\"pixels\"} NaN"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pixels");
  }
}
