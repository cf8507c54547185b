package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeLibraryTest {

  private static final FileTime EARLIER = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  @TempDir Path folder;

  private PackagedLibrary packaged(String main) throws IOException {
    Path jar = folder.resolve("natives-" + main.length() + main.hashCode() + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry("natives/libmain.so"));
      out.write(main.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry("natives/libother.so"));
      out.write(new byte[] {1, 2, 3});
    }
    return new PackagedLibrary(
        url(jar, "natives/libmain.so"), List.of(url(jar, "natives/libother.so")));
  }

  private static URL url(Path jar, String entry) throws IOException {
    return URI.create("jar:" + jar.toUri() + "!/" + entry).toURL();
  }

  @Test
  void unpacksOnce() throws IOException {
    Path cache = folder.resolve("cache");
    Path main = packaged("library").unpack(cache);
    assertThat(main).hasContent("library").hasFileName("libmain.so");
    assertThat(main.resolveSibling("libother.so")).hasBinaryContent(new byte[] {1, 2, 3});
    Files.setLastModifiedTime(main, EARLIER);

    assertThat(packaged("library").unpack(cache)).isEqualTo(main);

    assertThat(Files.getLastModifiedTime(main)).isEqualTo(EARLIER);
    try (var files = Files.list(main.getParent())) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void replacesAFileThatIsIncompleteOrChanged() throws IOException {
    Path cache = folder.resolve("cache");
    Path main = packaged("library").unpack(cache);
    for (String damaged : List.of("lib", "librarx")) {
      Files.writeString(main, damaged);

      packaged("library").unpack(cache);

      assertThat(main).hasContent("library");
    }
  }

  @Test
  void nobodyElseMayWriteWhatIsLoaded() throws IOException {
    assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
    Path main = packaged("library").unpack(folder.resolve("cache"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(main.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void keepsBuildsApart() throws IOException {
    Path cache = folder.resolve("cache");
    Path one = packaged("library").unpack(cache);
    Path other = packaged("another").unpack(cache);

    assertThat(one).hasContent("library").isNotEqualTo(other);
    assertThat(other).hasContent("another");
  }

  @Test
  void findsTheLibraryInAFolder() throws IOException {
    Path library = folder.resolve(System.mapLibraryName("onnxruntime"));
    assertThat(RuntimeLibrary.inFolder(folder)).isEmpty();
    Files.writeString(library, "");
    assertThat(RuntimeLibrary.inFolder(folder)).contains(library);
  }

  @Test
  void readsWhatALibraryNeedsWithoutLoadingIt() throws IOException {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");

    assertThat(SharedLibrary.needed(RuntimeLibrary.inUse())).contains("libc.so.6", "libm.so.6");

    Path text = Files.writeString(folder.resolve("libtext.so"), "not a library, but long enough");
    assertThatThrownBy(() -> SharedLibrary.needed(text))
        .isInstanceOf(OnnxRuntimeException.class)
        .hasMessageContaining("libtext.so is not a readable shared library");
  }
}
