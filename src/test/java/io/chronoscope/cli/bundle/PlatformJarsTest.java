package io.chronoscope.cli.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformJarsTest {

  private final PlatformJars jars = new PlatformJars(Target.LINUX_X64);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
        "native/lib/linux-x86_64/cpu/libtokenizers.so",
        "linux/amd64/libzstd-jni-1.5.6-10.so",
        "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
        "org/bytedeco/ffmpeg/linux-x86_64/libavcodec.so.62",
        "com/sun/jna/linux-x86-64/libjnidispatch.so",
        "io/chronoscope/cli/Main.class",
        "META-INF/services/org.something.Sound"
      })
  void keepsWhatThisPlatformNeeds(String entry) {
    assertThat(jars.keeps(entry)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
        "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib",
        "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib.dSYM/Contents/Info.plist",
        "ai/onnxruntime/native/win-x64/onnxruntime.dll",
        "linux/ppc64le/libzstd-jni-1.5.6-10.so",
        "org/xerial/snappy/native/Linux/aarch64/libsnappyjava.so",
        "com/sun/jna/darwin-x86-64/libjnidispatch.jnilib",
        "org/bytedeco/ffmpeg/linux-x86_64/ffprobe"
      })
  void leavesOutOtherPlatforms(String entry) {
    assertThat(jars.keeps(entry)).isFalse();
  }

  @Test
  void keepsTheTimeOfAJar() throws IOException {
    Path jar = folder.resolve("some.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name : List.of("win/amd64/x.dll", "linux/amd64/x.so", "A.class")) {
        out.putNextEntry(new ZipEntry(name));
        out.write(new byte[] {1, 2, 3});
        out.closeEntry();
      }
    }
    Files.setLastModifiedTime(jar, java.nio.file.attribute.FileTime.fromMillis(1_700_000_000_000L));
    Path copy = folder.resolve("copy.jar");

    jars.copy(jar, copy);

    try (ZipFile zip = new ZipFile(copy.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .containsExactly("linux/amd64/x.so", "A.class");
      assertThat(zip.getInputStream(zip.getEntry("A.class")).readAllBytes())
          .containsExactly(1, 2, 3);
    }
    assertThat(Files.getLastModifiedTime(copy)).isEqualTo(Files.getLastModifiedTime(jar));
  }

  @Test
  void otherTargetsAreRefusedByName() {
    assertThat(Target.parse("linux-x64")).isEqualTo(Target.LINUX_X64);
    assertThatThrownBy(() -> Target.parse("windows-x64"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("linux-x64 and linux-arm64")
        .hasMessageContaining("windows-x64");
  }
}
