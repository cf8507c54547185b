package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.ort.Device;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {

  @Test
  void parsesDevicesAndTheirDefaultPrecision() {
    assertThat(EngineSettings.parse("cpu", "")).isEqualTo(EngineSettings.cpu());
    assertThat(EngineSettings.parse("CUDA:1", ""))
        .isEqualTo(EngineSettings.of(new Device.Cuda(1), Precision.BF16));
    assertThat(EngineSettings.parse("cuda", "fp32").precision()).contains(Precision.FP32);
  }

  @Test
  void explainsWhyFp16IsRejected() {
    assertThatThrownBy(() -> EngineSettings.parse("cuda", "fp16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("overflows");
  }

  @Test
  void explainsWhyBf16IsRejectedOnTheCpu() {
    assertThatThrownBy(() -> EngineSettings.parse("cpu", "bf16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use fp32");
  }

  @Test
  void namesTheUnknownDevice() {
    assertThatThrownBy(() -> EngineSettings.parse("tpu", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device tpu: known are cpu, cuda and cuda:ORDINAL");
  }

  @Test
  void leavesThePrecisionToTheCheckpointUnlessAskedForOne() {
    assertThat(EngineSettings.parse("cpu", "auto")).isEqualTo(EngineSettings.cpu());
    assertThat(EngineSettings.cpu().precision()).isEmpty();
    assertThat(EngineSettings.parse("cpu", "int8").precision()).contains(Precision.INT8);
  }

  @Test
  void explainsWhyInt8IsRejectedOnCuda() {
    assertThatThrownBy(() -> EngineSettings.parse("cuda", "int8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("on the CPU only");
  }
}
