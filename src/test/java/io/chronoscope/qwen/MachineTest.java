package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  @Test
  void readsAvailableMemory() throws IOException {
    write("proc/meminfo", "MemTotal:       24622352 kB\nMemAvailable:   1000 kB\n");
    assertThat(Machine.read(root).availableBytes()).hasValue(1_024_000);
  }

  @Test
  void keepsWithinTheLimitOfAContainer() throws IOException {
    write("proc/meminfo", "MemAvailable:   24000000 kB\n");
    write("sys/fs/cgroup/memory.max", "4000000000\n");
    write("sys/fs/cgroup/memory.current", "1500000000\n");
    write("sys/fs/cgroup/memory.stat", "anon 1\nactive_file 200000000\ninactive_file 300000000\n");
    assertThat(Machine.read(root).availableBytes()).hasValue(3_000_000_000L);
    write("sys/fs/cgroup/memory.max", "max\n");
    assertThat(Machine.read(root).availableBytes()).hasValue(24_000_000L << 10);
  }

  @Test
  void knowsCpusWhoseIntegerProductsAreExact() throws IOException {
    write("proc/cpuinfo", "flags\t\t: sse2 avx512_vnni\n");
    assertThat(Machine.read(root).integerProducts()).isEqualTo(Machine.IntegerProducts.EXACT);
    write("proc/cpuinfo", "Features\t: fp asimd asimddp\n");
    assertThat(Machine.read(root).integerProducts()).isEqualTo(Machine.IntegerProducts.EXACT);
    write("proc/cpuinfo", "flags\t\t: sse2 avx2\n");
    assertThat(Machine.read(root).integerProducts()).isEqualTo(Machine.IntegerProducts.SATURATING);
  }

  @Test
  void saysNothingOfAnOperatingSystemThatSaysNothing() {
    Machine machine = Machine.read(root);
    assertThat(machine.availableBytes()).isEmpty();
    assertThat(machine.integerProducts()).isEqualTo(Machine.IntegerProducts.UNKNOWN);
  }
}
